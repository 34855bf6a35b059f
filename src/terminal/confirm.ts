import process from "node:process";
import { createInterface } from "node:readline/promises";
import { visible } from "../words/visible.ts";
import { type Line, printSentences } from "./styled.ts";
import { wrapLine } from "./wrap.ts";

/** Whether standard input and standard error are a terminal, so that a person can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Prints the context of a question, on the stream of the question. */
export function printContext(lines: readonly Line[]): void {
  printSentences(process.stderr, lines);
}

/** Asks a yes/no question on the terminal. Anything but yes, and the end of input, count as no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While readline reads a line, the terminal delivers Ctrl-C as a key. Ctrl-C must still stop the program.
  lines.on("SIGINT", () => process.emit("SIGINT", "SIGINT"));
  const ended = new Promise<string>((resolve) => {
    lines.on("close", () => resolve(""));
  });
  try {
    const asked = wrapLine(`${visible(question)} [y/N]`, process.stderr.columns).join("\n");
    const answer = await Promise.race([lines.question(`${asked} `, { signal }), ended]);
    signal.throwIfAborted();
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
