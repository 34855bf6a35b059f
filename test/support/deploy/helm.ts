/** Helm, with nothing of the tester's own settings. */

import path from "node:path";
import { binary } from "../binaries/build.ts";
import { runCommand } from "../processes/run-command.ts";

/** The chart in the tree. */
export const CHART = path.resolve(import.meta.dirname, "../../../deploy/chart/kube-backup");

/** Runs helm and returns what it prints; throws with its errors when it fails. */
export async function runHelm(
  args: readonly string[],
  { folder, kubeconfig = "/nonexistent" }: { folder: string; kubeconfig?: string },
): Promise<string> {
  const homes = ["CACHE", "CONFIG", "DATA"].map((name) => [`HELM_${name}_HOME`, path.join(folder, "helm")]);
  const env = { ...Object.fromEntries(homes), KUBECONFIG: kubeconfig };
  return await runCommand([await binary("helm"), ...args], { env });
}
