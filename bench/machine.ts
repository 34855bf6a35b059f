import { execFileSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import type { Machine } from "./results/results.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

/** Describes the machine and its current load. */
export function describeMachine(): Machine {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    processors: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release().split("-", 1)[0]}`,
    loadBefore: os.loadavg()[0] ?? Number.NaN,
  };
}

/**
 * The commit of the working tree, with "+" when files differ from the commit. Empty outside a clone.
 *
 * @param written files that the benchmark writes, whose differences are ignored.
 */
export function commitOfTree(written: readonly string[]): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const others = written.map((file) => `:(exclude)${path.relative(ROOT, file)}`);
  try {
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--", ".", ...others) === "" ? "" : "+"}`;
  } catch {
    return "";
  }
}
