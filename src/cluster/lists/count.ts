import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { apiVersion, collectionPath, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";
import { METADATA_ONLY } from "./list-names.ts";

/** Objects that are looked at: of more, the API server says how many they are. */
const LIMIT = 500;

/**
 * The number of objects of a resource, by one request for the metadata of the first of them.
 *
 * @param counts whether an object of which only the metadata is known counts; all beyond the first count.
 * @returns undefined where the API server does not say how many remain.
 * @throws {ApiError} where these credentials may not list the resource.
 */
export async function countObjects(
  client: ApiClient,
  resource: Resource,
  counts: (object: JsonObject) => boolean,
  signal: AbortSignal,
): Promise<number | undefined> {
  const list = await client.get<{
    metadata?: { continue?: string; remainingItemCount?: number };
    items?: JsonObject[] | null;
  }>(
    {
      what: `count ${resourceName(resource)}`,
      path: collectionPath(resource),
      query: { limit: LIMIT },
      headers: { accept: METADATA_ONLY },
      secret: isSecrets(resource),
      retryInternalErrors: false,
    },
    signal,
  );
  const { continue: next = "", remainingItemCount: remaining } = list.metadata ?? {};
  if (next !== "" && remaining === undefined) return undefined;
  // The API server gives metadata a kind of its own.
  const of = { apiVersion: apiVersion(resource), kind: resource.kind };
  return (list.items ?? []).filter((item) => counts({ ...item, ...of })).length + (remaining ?? 0);
}
