import { readFileSync } from "node:fs";
import { type ProgramOptions, type ProgramResult, startProgram } from "./program.ts";

/** The interval between two looks at the process, in milliseconds. */
const INTERVAL = 20;

/**
 * Runs the program to its end, and says how much memory it held at most, in MiB: VmHWM of Linux, which grows only, so
 * that nothing but the last interval is missed.
 */
export async function runForPeakMemory(
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult & { peak: number }> {
  const program = startProgram(args, options);
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, peakOf(program.child.pid) ?? 0);
  }, INTERVAL);
  const result = await program.ended.finally(() => clearInterval(look));
  return { ...result, peak };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    // The process has ended.
    return undefined;
  }
}
