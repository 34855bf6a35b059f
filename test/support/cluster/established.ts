import { until } from "../until.ts";
import type { ControlPlane } from "./control-plane.ts";

interface Definition {
  status?: { conditions?: { type: string; status: string }[] };
}

/**
 * Waits until all CustomResourceDefinitions are served. kubectl's own wait fails on one that has no
 * conditions yet.
 */
export async function waitUntilEstablished(cluster: Pick<ControlPlane, "request">): Promise<void> {
  const list = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const established = async () => {
    const { items } = (await cluster.request("GET", list)) as { items: Definition[] };
    return items.every(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === "Established" && status === "True"),
    );
  };
  await until("all definitions are established", established, { timeoutMs: 240_000, intervalMs: 500 });
}
