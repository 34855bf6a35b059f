import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

/** The most memory that this process has taken, in bytes. On Linux the system's own count starts with that of the parent process. */
export function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(peak) * 1024;
}

/** Has the peak begin anew with what the process takes now, where the system can. */
export function forgetPeakMemory(): void {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}
