/** Whether the garbage collector has looked at everything. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../cluster/control-plane.ts";

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
    for (const end = Date.now() + TIMEOUT; ; await sleep(250)) {
      const gone = await cluster.request("GET", `${list}/${name}`).then(
        () => false,
        (error: { status?: number }) => error.status === 404,
      );
      if (gone) break;
      if (Date.now() > end) throw new Error(`The garbage collector does not look at ${list}`);
    }
  }
}
