import process from "node:process";
import { createInterface } from "node:readline/promises";

/** Whether there is a person at a terminal to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Tells the person what a question is about, where the question will stand. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Asks a question on the terminal; anything but a yes is a no, and so is the end of the input. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is being read, the terminal hands over Ctrl-C as a key: it is to end the program all the same.
  lines.on("SIGINT", () => process.emit("SIGINT", "SIGINT"));
  const ended = new Promise<string>((resolve) => {
    lines.on("close", () => resolve(""));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    signal.throwIfAborted();
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
