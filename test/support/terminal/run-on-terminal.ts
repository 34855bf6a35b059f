/** The program at a terminal, with a person who answers its questions. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { programCommand } from "../program/program.ts";

/** What a person sees, and then types. */
export type Answer = readonly [seen: RegExp, typed: string];

/** Ctrl-C and Ctrl-D, as a terminal takes them. */
export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";

/** Carriage returns, and what moves the cursor and clears lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of terminals begin with one.
const CONTROLS = /\r|\u001b\[[0-9;?]*[A-Za-z]/g;

const TIMEOUT = 30_000;

/**
 * Runs the program on a terminal of its own (that of util-linux' `script`) to its end. What it shows
 * that an answer waits for must come after what the answer before waited for.
 */
export async function runOnTerminal(
  args: readonly string[],
  { env }: { env: Record<string, string> },
  answers: readonly Answer[],
): Promise<{ status: number | null; screen: string }> {
  const line = [...programCommand(), ...args].map(quote).join(" ");
  const child = spawn(
    "script",
    ["--quiet", "--return", "--command", `stty cols 200; exec ${line}`, "/dev/null"],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        SHELL: "/bin/sh",
        TERM: "xterm",
        PAGER: "cat",
        ...env,
      },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT);
  const left = [...answers];
  let screen = "";
  let from = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk.replaceAll(CONTROLS, "");
    const [next] = left;
    if (next === undefined) return;
    const seen = next[0].exec(screen.slice(from));
    if (seen === null) return;
    from += seen.index + seen[0].length;
    left.shift();
    child.stdin.write(next[1]);
  });
  child.stdin.on("error", () => {});
  try {
    const [status] = await once(child, "close");
    if (left.length > 0) throw new Error(`Not asked: ${left.map(([seen]) => seen)}\n${screen}`);
    return { status, screen };
  } finally {
    clearTimeout(timer);
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
