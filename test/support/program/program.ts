/**
 * The program as its users run it: the built executable, or what KUBE_BACKUP names
 * (`node src/main.ts` while developing).
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { assertDocument } from "./json-document.ts";

const RUN_TIMEOUT = 300_000;
const ROOT = path.resolve(import.meta.dirname, "../../..");

/** How the program is run. */
export interface ProgramOptions {
  /** All of its environment but PATH, HOME, and LOG_FORMAT, which is json: nothing of the tester's gets in. */
  env: Record<string, string>;
  cwd?: string;
  /** How long a run to the end may take, in ms; default 5 minutes. */
  timeoutMs?: number;
}

/** The program, running. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves when a line of its standard error matches; rejects when it ends before, or after the time. */
  saw(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** Resolves with its end. */
  readonly ended: Promise<ProgramResult>;
}

/** How a run ended. */
export interface ProgramResult {
  /** Exit status, or null where a signal ended it. */
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The command line that runs the program. */
export function programCommand(): readonly [string, ...string[]] {
  const named = process.env["KUBE_BACKUP"];
  if (named === undefined || named === "") return [path.join(ROOT, "dist", "kube-backup")];
  const [command, ...args] = named.split(" ");
  return [command ?? "", ...args.map((arg) => (arg.endsWith(".ts") ? path.resolve(ROOT, arg) : arg))];
}

/** Starts the program. It does not outlive this process's orderly end. */
export function startProgram(args: readonly string[], { env, cwd = ROOT }: ProgramOptions): RunningProgram {
  const [command, ...before] = programCommand();
  const child = spawn(command, [...before, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", LOG_FORMAT: "json", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    for (const watcher of watchers) watcher();
  });
  const ended = once(child, "close").then(([status, signal]) => {
    process.off("exit", kill);
    for (const watcher of watchers) watcher();
    return { status, signal, stdout, stderr } as ProgramResult;
  });
  return {
    child,
    ended,
    output: () => ({ stdout, stderr }),
    saw: async (pattern, timeoutMs = 60_000) => {
      let watcher = () => {};
      let timer: NodeJS.Timeout | undefined;
      const seen = new Promise<void>((resolve, reject) => {
        timer = setTimeout(
          () => reject(new Error(`Not seen within ${timeoutMs} ms: ${pattern}\n${stderr}`)),
          timeoutMs,
        );
        watcher = () => {
          if (pattern.test(stderr)) resolve();
        };
        watchers.add(watcher);
        void ended.then(() => reject(new Error(`The program ended before ${pattern} was seen\n${stderr}`)));
        watcher();
      });
      try {
        await seen;
      } finally {
        clearTimeout(timer);
        watchers.delete(watcher);
      }
    },
  };
}

/**
 * Runs the program to its end. Its JSON document, if any, is what docs/schemas says.
 *
 * @throws {Error} when it has not ended by itself in time, as a loop does that should have been refused.
 */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const { timeoutMs = RUN_TIMEOUT } = options;
  const program = startProgram(args, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    program.child.kill("SIGKILL");
  }, timeoutMs);
  const result = await program.ended.finally(() => clearTimeout(timer));
  if (late)
    throw new Error(
      `kube-backup ${args.join(" ")} did not end within ${timeoutMs / 1000} s\n${result.stderr}`,
    );
  assertDocument(args, result);
  return result;
}
