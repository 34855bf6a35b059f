import path from "node:path";
import process from "node:process";
import { binary } from "../../test/support/binaries/build.ts";
import type { ControlPlane } from "../../test/support/cluster/control-plane.ts";
import { type RunCost, runMeasured } from "../measure/run-measured.ts";
import { COLLECTIONS } from "../sample/collections.ts";

/** A careful script with kubectl: writes all kinds that kube-backup backs up, of all namespaces, to a file. */
export async function kubectlGet(plane: ControlPlane): Promise<RunCost> {
  const kinds = COLLECTIONS.map(({ resource }) => resource).join(",");
  return await kubectl(plane, ["get", kinds, "--all-namespaces", "--output=json"]);
}

/** Creates the objects of a file. */
export async function kubectlCreate(plane: ControlPlane, file: string): Promise<RunCost> {
  return await kubectl(plane, ["create", `--filename=${file}`]);
}

async function kubectl(plane: ControlPlane, args: string[]): Promise<RunCost> {
  const { output: _, ...cost } = await runMeasured({
    command: await binary("kubectl"),
    args,
    env: {
      PATH: process.env["PATH"],
      KUBECONFIG: plane.kubeconfig,
      KUBECACHEDIR: path.join(plane.folder, "kubectl-cache"),
    },
    outputFile: path.join(plane.folder, "kubectl-output"),
  });
  return cost;
}
