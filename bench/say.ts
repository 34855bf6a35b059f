import process from "node:process";

/** Tells who waits how far the benchmark is. */
export function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}
