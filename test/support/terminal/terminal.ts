/**
 * The program on a terminal: `script`, of every Linux, makes one and passes keys on to it. What
 * the program wrote, to either stream, comes back together, as on a screen.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { programCommand } from "../program/program.ts";
import { until } from "../until.ts";

/** A program on a terminal. */
export interface TerminalProgram {
  /** All that the terminal got so far. */
  text(): string;
  /** Presses keys: `\x03` is Ctrl-C. */
  type(keys: string): void;
  /** Resolves when the text so far matches; rejects after 30 s. */
  saw(pattern: RegExp): Promise<void>;
  /** Resolves with the program's exit status, and with how it left the terminal, as `stty -a` tells. */
  readonly ended: Promise<{ status: number; settings: string }>;
  kill(): void;
}

/** Options of {@link startOnTerminal}. */
export interface TerminalOptions {
  env: Record<string, string>;
  columns: number;
}

/** Why there is no terminal to be had here, for `test`'s option `skip`; in continuous integration that is an error. */
export function whyNoTerminal(): string | false {
  const { status, stdout } = spawnSync("script", ["--version"], { encoding: "utf8" });
  if (status === 0 && stdout.includes("util-linux")) return false;
  const reason = "a terminal needs script of util-linux (Debian's package bsdutils)";
  if (process.env["CI"] === "true") throw new Error(`Cannot make a terminal: ${reason}`);
  return reason;
}

/** Starts the program on a terminal. */
export function startOnTerminal(args: readonly string[], { env, columns }: TerminalOptions): TerminalProgram {
  const quoted = [...programCommand(), ...args].map((word) => `'${word}'`).join(" ");
  // The shell must outlive the interruption, which goes to all on the terminal, to tell how it ended.
  const line = `trap : INT; stty rows 24 cols ${columns}; ${quoted}; echo "STATUS=$?"; stty -a`;
  const child = spawn("script", ["--quiet", "--flush", "--command", line, "/dev/null"], {
    cwd: path.resolve(import.meta.dirname, "../../.."),
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      SHELL: "/bin/sh",
      TERM: "xterm",
      PAGER: "cat",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  child.stdin.on("error", () => {});
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "close").then(() => {
    process.off("exit", kill);
    const [, status = "", settings = ""] = /STATUS=(\d+)\s([\s\S]*)$/.exec(text) ?? [];
    return { status: Number(status), settings };
  });
  return {
    text: () => text.replace(/STATUS=\d+\s[\s\S]*$/, "").replaceAll("\r\n", "\n"),
    type: (keys) => void child.stdin.write(keys),
    saw: async (pattern) => {
      await until(`the terminal shows ${pattern}`, () => pattern.test(text), { intervalMs: 20 }).catch(
        (cause) => {
          throw new Error(`Not seen: ${pattern}\n${text}`, { cause });
        },
      );
    },
    ended,
    kill,
  };
}
