import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import { collectionPath, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { METADATA_ONLY } from "./list-names.ts";

/**
 * The number of objects of a resource, by one request for one of them; undefined where the API server does not say how
 * many remain.
 *
 * @throws {ApiError} where these credentials may not list the resource.
 */
export async function countObjects(
  client: ApiClient,
  resource: Resource,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { metadata, items } = await client.get<{
    metadata?: { continue?: string; remainingItemCount?: number };
    items?: unknown[] | null;
  }>(
    {
      what: `count ${resourceName(resource)}`,
      path: collectionPath(resource),
      query: { limit: 1 },
      headers: { accept: METADATA_ONLY },
      secret: isSecrets(resource),
      retryInternalErrors: false,
    },
    signal,
  );
  const { continue: next = "", remainingItemCount: remaining } = metadata ?? {};
  if (next !== "" && remaining === undefined) return undefined;
  return (items ?? []).length + (remaining ?? 0);
}
