import process from "node:process";

/** Prints the progress of the benchmark. */
export function reportProgress(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
