import { spawn } from "node:child_process";
import process from "node:process";
import { text } from "node:stream/consumers";

/** How a command is run. */
export interface CommandOptions {
  /** Added to this process's environment. */
  env?: Record<string, string>;
  cwd?: string;
}

/** Runs a command to its end and returns what it prints; throws with its errors when it fails. */
export async function runCommand(
  [command = "", ...args]: readonly string[],
  { env, cwd }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [output, errors, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | string | null>((resolve, reject) => {
      child.once("close", (code, signal) => resolve(code ?? signal)).once("error", reject);
    }),
  ]);
  if (status !== 0) {
    throw new Error(`Cannot run ${command} ${args.join(" ")}: it ended with ${status}\n${output}${errors}`);
  }
  return output;
}
