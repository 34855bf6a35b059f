import type { Resource } from "../kubernetes/resource.ts";
import { listPages } from "./lists/list.ts";
import type { ApiClient } from "./requests/api-client.ts";
import { ApiError } from "./requests/api-error.ts";

const API_SERVICES: Resource = {
  group: "apiregistration.k8s.io",
  version: "v1",
  resource: "apiservices",
  kind: "APIService",
  namespaced: false,
};

/**
 * The API groups that aggregated API servers serve: their objects are kept there and not in the cluster's etcd.
 * Undefined where this user may not read the APIServices.
 *
 * https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
export async function readAggregatedGroups(
  client: ApiClient,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const groups = new Set<string>();
  try {
    for await (const { items } of listPages(client, API_SERVICES, {}, signal)) {
      for (const item of items) {
        const { group, service } = item["spec"] as { group?: string; service?: object };
        if (service !== undefined && service !== null && group !== undefined) groups.add(group);
      }
    }
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
  return groups;
}
