/** Whether the garbage collector has looked at everything. */

import { exists } from "../../cluster/cluster-contents.ts";
import type { ControlPlane } from "../../cluster/control-plane.ts";
import { until } from "../../until.ts";

const TIMEOUT = 60_000;

/**
 * Waits until the garbage collector has looked at kinds that came after it started: it learns of them every
 * half a minute. Objects whose owner is not there show it; all kinds that were there with them are looked at
 * as well.
 */
export async function waitForCollector(cluster: ControlPlane): Promise<void> {
  const owner = (apiVersion: string, kind: string) => ({
    apiVersion,
    kind,
    name: "nobody",
    uid: "00000000-0000-4000-8000-000000000000",
  });
  const lists = {
    "/api/v1/namespaces/shop/configmaps": { ownerReferences: [owner("cert-manager.io/v1", "Certificate")] },
    "/apis/monitoring.coreos.com/v1/namespaces/shop/prometheusrules": {
      ownerReferences: [owner("v1", "ConfigMap")],
    },
  };
  const name = "to-be-collected";
  for (const [list, metadata] of Object.entries(lists)) {
    const spec = list.startsWith("/api/v1/") ? {} : { spec: {} };
    const group = list.startsWith("/apis/") ? list.split("/").slice(2, 4).join("/") : "v1";
    const kind = list.startsWith("/apis/") ? "PrometheusRule" : "ConfigMap";
    await cluster.request("POST", list, {
      apiVersion: group,
      kind,
      metadata: { name, ...metadata },
      ...spec,
    });
  }
  for (const list of Object.keys(lists)) {
    const gone = async () => !(await exists(cluster, `${list}/${name}`));
    await until(`the garbage collector looks at ${list}`, gone, { timeoutMs: TIMEOUT, intervalMs: 250 });
  }
}
