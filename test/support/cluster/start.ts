/**
 * `node test/support/cluster/start.ts` brings up a control plane to play with, says how to reach it, and
 * takes it away again on Ctrl-C.
 */

import process from "node:process";
import { binary } from "../binaries/build.ts";
import { startControlPlane } from "./control-plane.ts";

const started = Date.now();
const cluster = await startControlPlane({ dualStack: true });
const seconds = ((Date.now() - started) / 1000).toFixed(1);
process.stdout.write(`A cluster without nodes, up in ${seconds} s at ${cluster.server}. In another terminal:

  export KUBECONFIG=${cluster.kubeconfig}
  ${await binary("kubectl")} get namespaces

Ctrl-C takes it away.
`);
await new Promise<void>((resolve) => {
  // Nothing else keeps this process alive: the servers do not.
  const alive = setInterval(() => {}, 60_000);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      clearInterval(alive);
      resolve();
    });
  }
});
await cluster.stop();
