/** A server that a test starts: its log in a file, its end by process id, and none left behind. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** How a server is started. */
export interface ServerProcessOptions {
  /** Path of the executable. */
  command: string;
  args: readonly string[];
  /** Command line that runs this one somewhere else, `["nsenter", "--net=/proc/1/ns/net", "--"]`. */
  prefix?: readonly string[];
  /** File that its output is appended to. */
  log: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Folder to remove when this process dies without having stopped the server. */
  orphanedFolder?: string;
}

/** A running server. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with a description of its end, "exit status 1" or "SIGKILL", whoever ended it. */
  readonly ended: Promise<string>;
  /** What it printed last, for error messages; at most `characters`. */
  lastOutput(characters?: number): Promise<string>;
  /** Sends a signal; nothing when it has ended. */
  signal(name: NodeJS.Signals): void;
  /** Ends it with SIGTERM, after `graceMs` (0: at once) with SIGKILL, and waits for its end. May be called twice. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Environment of servers written in Go that live as long as a test file: with the default of 100, the start of a control
 * plane takes 5 s of processor time instead of 3. Who measures servers sets GOGC.
 */
export function rareGarbageCollection(): { GOGC: string } {
  return { GOGC: process.env["GOGC"] ?? "300" };
}

const GRACE = 5_000;

// The pause lets the servers beside this one die too, before their files are taken from them.
const GUARD = 'read line && exit; kill -KILL "$1"; test -z "$2" || { sleep 1; rm -rf "$2"; }';

/**
 * Starts a server. It does not keep this process alive, and does not outlive it, however this
 * process ends.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const log = openSync(options.log, "a");
  // A process group of its own: Ctrl-C reaches this process alone, which then stops it in order.
  const [program = options.command, ...args] = [...(options.prefix ?? []), options.command, ...options.args];
  const child = spawn(program, args, {
    stdio: ["ignore", log, log],
    detached: true,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit status ${code}`));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      reject(new Error(`Cannot start ${options.command}: ${error.message}`, { cause: error }));
    });
  });
  const pid = child.pid as number;
  const release = guard(pid, options.orphanedFolder ?? "");
  void ended.then(release);
  child.unref();

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    ended,
    lastOutput: async (characters = 2000) => (await readFile(options.log, "utf8")).slice(-characters),
    signal: (name) => {
      if (!hasEnded()) child.kill(name);
    },
    stop: async (graceMs = GRACE) => {
      if (hasEnded()) return;
      child.ref();
      if (graceMs > 0) {
        child.kill("SIGTERM");
        const timer = new AbortController();
        await Promise.race([ended, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => {})]);
        timer.abort();
      }
      if (!hasEnded()) child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Kills a process when this one is gone, SIGKILL included: a shell holds the other end of a pipe
 * that the system closes with us.
 *
 * @returns a function that calls the guard off.
 */
function guard(pid: number, folder: string): () => void {
  const shell: ChildProcess = spawn("/bin/sh", ["-c", GUARD, "guard", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.unref();
  // The pipe is a socket, and a handle of its own that would keep this process alive.
  (shell.stdin as unknown as { unref(): void }).unref();
  shell.stdin?.on("error", () => {});
  return () => shell.stdin?.end("over\n");
}

/**
 * Waits until `ready` answers true.
 *
 * @throws {Error} when the server ends before that or the time is over, with its last output.
 */
export async function waitUntilReady(
  server: ServerProcess,
  ready: () => Promise<boolean>,
  options: { what: string; timeoutMs: number; intervalMs?: number },
): Promise<void> {
  const end = Date.now() + options.timeoutMs;
  let over: string | undefined;
  void server.ended.then((how) => {
    over = how;
  });
  while (!(await ready().catch(() => false))) {
    if (over !== undefined) {
      throw new Error(`Cannot start ${options.what}: it ended with ${over}\n${await server.lastOutput()}`);
    }
    if (Date.now() > end) {
      throw new Error(
        `Cannot start ${options.what}: not ready after ${options.timeoutMs / 1000} s\n${await server.lastOutput()}`,
      );
    }
    await sleep(options.intervalMs ?? 25);
  }
}
