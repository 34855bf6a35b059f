/** CPU and memory of processes, from Linux's /proc. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Clock ticks per second in /proc, the same on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** The resource usage of a process so far. */
export interface ProcessUsage {
  /** Includes children that have ended. */
  cpuSeconds: number;
  /** Peak memory in bytes (VmHWM). */
  peakBytes: number;
  /** Current memory in bytes (VmRSS). */
  bytes: number;
}

/** Reads the resource usage of a process. Undefined when the process has ended. */
export function readUsage(pid: number): ProcessUsage | undefined {
  try {
    const use = parseStatus(readFileSync(`/proc/${pid}/status`, "utf8"));
    return { ...use, cpuSeconds: parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")) };
  } catch {
    return undefined;
  }
}

/** CPU seconds of a process and of its children that have ended. See proc_pid_stat(5). */
export function parseStat(text: string): number {
  // The command name is in parentheses and may contain any character, including parentheses and spaces.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // utime, stime, cutime, cstime are fields 14 to 17; the state is field 3.
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** Memory in bytes from proc_pid_status(5). A process without memory is about to end. */
export function parseStatus(text: string): { peakBytes: number; bytes: number } {
  const bytes = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text);
    if (found === null) throw new Error(`There is no ${name} in it`);
    return Number(found[1]) * 1024;
  };
  return { peakBytes: bytes("VmHWM"), bytes: bytes("VmRSS") };
}

/** A process and all its descendants. */
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

/** Finds the process of a program by a folder in its arguments, since each server has a folder of its own. */
export function findProcess(program: string, folder: string): number {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [command = "", ...args] = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      if (path.basename(command) === program && args.some((arg) => arg.includes(folder)))
        return Number(entry);
    } catch {
      // The process has ended in the meantime.
    }
  }
  throw new Error(`Cannot find the process of ${program} in ${folder}`);
}
