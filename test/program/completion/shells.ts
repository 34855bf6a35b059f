/** Real shells that press Tab. */

import { spawnSync } from "node:child_process";
import process from "node:process";

/**
 * Why a shell cannot be asked here, for `test`'s option `skip`; false where it can.
 *
 * @throws {Error} with the same reason in continuous integration (CI=true), where nothing may be skipped.
 */
export function whyNoShell(shell: string): string | false {
  if (spawnSync(shell, ["--version"]).status === 0) return false;
  const reason = `${shell} is not installed (Debian's package ${shell})`;
  if (process.env["CI"] === "true") throw new Error(`Cannot test the completion: ${reason}`);
  return reason;
}

/** Runs a shell's script to its end and returns what it prints; throws with its errors when it fails. */
export function runShell(command: readonly string[], script: string, env: Record<string, string>): string {
  const [shell = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(shell, [...args, script], {
    env: { HOME: "/nonexistent", TERM: "dumb", ...env },
    encoding: "utf8",
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(`${shell} ends with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}
