/** The controller of Argo Rollouts. */

import path from "node:path";
import { binary } from "../binaries/build.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../processes/free-port.ts";
import { type ServerProcess, startServerProcess, waitUntilReady } from "../processes/server-process.ts";

/** Starts it and waits until it is at work. Its definitions must be there. */
export async function startArgoRollouts(cluster: ControlPlane): Promise<ServerProcess> {
  const health = await freePort();
  const server = await startServerProcess({
    command: await binary("argo-rollouts"),
    args: [
      `--kubeconfig=${cluster.kubeconfig}`,
      "--leader-elect=false",
      `--healthzPort=${health}`,
      `--metricsPort=${await freePort()}`,
    ],
    log: path.join(cluster.folder, "argo-rollouts.log"),
  });
  const ready = async () => (await fetch(`http://127.0.0.1:${health}/healthz`)).ok;
  await waitUntilReady(server, ready, { what: "argo-rollouts", timeoutMs: 60_000 });
  return server;
}
