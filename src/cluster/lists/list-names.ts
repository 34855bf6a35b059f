import { collectionPath, type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";

/** The API server sends only the metadata, a small part of a large object. */
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const LIMIT = 1_000;

interface MetadataList {
  metadata: { continue?: string };
  items?: { metadata: { name: string; namespace?: string } }[] | null;
}

/**
 * The names of all objects of a resource, at the newest resource version.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
export async function* listNames(
  client: ApiClient,
  resource: Resource,
  signal: AbortSignal,
): AsyncGenerator<ObjectKey> {
  let next: string | undefined;
  do {
    const list: MetadataList = await client.get<MetadataList>(
      {
        what: `list ${resourceName(resource)}`,
        path: collectionPath(resource),
        query: { limit: LIMIT, continue: next },
        headers: { accept: METADATA_ONLY },
        secret: resource.kind === "Secret",
      },
      signal,
    );
    for (const { metadata } of list.items ?? []) yield { namespace: metadata.namespace, name: metadata.name };
    next = list.metadata.continue || undefined;
  } while (next !== undefined);
}
