/** What processes take, by Linux's /proc. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Clock ticks a second in /proc; the same on every Linux that Node runs on. */
const TICKS = 100;

/** What a process has taken so far. */
export interface ProcessUse {
  /** Its own, and that of its children that have ended. */
  cpuSeconds: number;
  /** The most memory that it held at once (VmHWM). */
  peakBytes: number;
  /** What it holds now (VmRSS). */
  bytes: number;
}

/** What a process has taken, or undefined where it has ended. */
export function readUse(pid: number): ProcessUse | undefined {
  try {
    const use = parseStatus(readFileSync(`/proc/${pid}/status`, "utf8"));
    return { ...use, cpuSeconds: parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")) };
  } catch {
    return undefined;
  }
}

/** CPU seconds of a process and of its children that have ended. See proc_pid_stat(5). */
export function parseStat(text: string): number {
  // The command's name, in parentheses, may hold anything, parentheses and spaces among it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // utime, stime, cutime, cstime are the 14th to 17th, the state being the 3rd.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Memory as proc_pid_status(5) tells it, in bytes. A process without memory of its own is at its end. */
export function parseStatus(text: string): { peakBytes: number; bytes: number } {
  const bytes = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text);
    if (found === null) throw new Error(`There is no ${name} in it`);
    return Number(found[1]) * 1024;
  };
  return { peakBytes: bytes("VmHWM"), bytes: bytes("VmRSS") };
}

/** A process and all that descend from it. */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    return [pid];
  }
}

/** The process of a program one of whose arguments names this folder: servers are known by theirs. */
export function findProcess(program: string, folder: string): number {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [command = "", ...args] = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      if (path.basename(command) === program && args.some((arg) => arg.includes(folder)))
        return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error(`Cannot find the process of ${program} in ${folder}`);
}
