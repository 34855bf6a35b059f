/** Runs kubectl. */

import { spawn } from "node:child_process";
import process from "node:process";
import { text } from "node:stream/consumers";

/** Options of {@link runKubectl}. */
export interface RunKubectlOptions {
  /** By default that of the user. */
  kubeconfig?: string;
  /** Where it keeps what it has learnt of the API; by default the user's. */
  cacheFolder?: string;
  /** What it reads from its standard input. */
  input?: string;
}

/** Runs kubectl and returns what it prints; throws with its errors when it fails. */
export async function runKubectl(
  command: string,
  args: readonly string[],
  { kubeconfig, cacheFolder, input = "" }: RunKubectlOptions,
): Promise<string> {
  const child = spawn(command, args, {
    env: {
      ...process.env,
      ...(kubeconfig && { KUBECONFIG: kubeconfig }),
      ...(cacheFolder && { KUBECACHEDIR: cacheFolder }),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // It may end without having read all of its input.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [output, errors, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject)),
  ]);
  if (status !== 0) throw new Error(`Cannot run kubectl ${args.join(" ")}: status ${status}\n${errors}`);
  return output;
}
