import { readClusterId } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";

/** The cluster that a command works with, as its JSON document names it. */
export interface ClusterHere {
  /** The uid of its kube-system; null where this user may not read it. */
  id: string | null;
  /** CLUSTER_NAME; null where it is not set. */
  name: string | null;
  context: string;
  /** The address of the API server. */
  server: string;
}

/** Asks the API server which cluster it is of. */
export async function clusterHere(
  client: ApiClient,
  { clusterName }: { clusterName?: string | undefined },
  signal: AbortSignal,
): Promise<ClusterHere> {
  const { context, server } = client;
  return { id: (await readClusterId(client, signal)) ?? null, name: clusterName ?? null, context, server };
}
