import { listNames } from "../cluster/lists/list-names.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";

const ENDPOINT_SLICES = "endpointslices.discovery.k8s.io";
const SERVICE_LABEL = "kubernetes.io/service-name";
const MANAGER_LABEL = "endpointslice.kubernetes.io/managed-by";

/**
 * The objects of a resource that references can name, as {@link referenceKey} writes them: EndpointSlices under the name
 * of their Service. Undefined where these credentials may not list the resource.
 *
 * @param namespace all namespaces by default.
 */
export async function listKeys(
  client: ApiClient,
  resource: Resource,
  { namespace }: { namespace?: string | undefined },
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const isSlices = resourceName(resource) === ENDPOINT_SLICES;
  const keys = new Set<string>();
  try {
    for await (const { namespace: home, name, labels } of listNames(
      client,
      resource,
      { namespace },
      signal,
    )) {
      // Slices have names of their own. Those of controllers are made again.
      const key = isSlices ? serviceOfSlice(labels) : name;
      if (key !== undefined) keys.add(referenceKey({ namespace: home, name: key }));
    }
  } catch (error) {
    if (error instanceof ApiError && !error.concernsEveryRequest) return undefined;
    throw error;
  }
  return keys;
}

/** `shop/web`, and `fast` for what is in no namespace. */
export function referenceKey({ namespace, name }: ObjectKey): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function serviceOfSlice(labels: Readonly<Record<string, string>>): string | undefined {
  return /^endpointslice(mirroring)?-controller\.k8s\.io$/.test(labels[MANAGER_LABEL] ?? "")
    ? undefined
    : labels[SERVICE_LABEL];
}
