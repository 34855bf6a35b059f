import process from "node:process";
import { binary } from "../../support/binaries/build.ts";
import type { Node } from "../../support/node/node.ts";
import type { StoryCluster } from "./cluster.ts";

const FETCH = `fetch(process.argv[1], { signal: AbortSignal.timeout(5000) })
  .then(async (answer) => process.stdout.write(await answer.text()))
  .catch((error) => { console.error(error); process.exitCode = 1; })`;

/** A node as a story's cluster: Services are asked at their own addresses, from the node's network. */
export async function nodeCluster({ cluster, run }: Node): Promise<StoryCluster> {
  return {
    kubectlCommand: [await binary("kubectl")],
    environment: { KUBECONFIG: cluster.kubeconfig },
    kubectl: cluster.kubectl,
    ask: async (namespace, service, path) => {
      const { spec } = await cluster.request("GET", `/api/v1/namespaces/${namespace}/services/${service}`);
      return await run([
        process.execPath,
        "--eval",
        FETCH,
        `http://${spec.clusterIP}:${spec.ports[0].port}${path}`,
      ]);
    },
  };
}
