import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import { collectionPath, type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ApiClient } from "../requests/api-client.ts";

/** The API server sends only the metadata, a small part of a large object. */
export const METADATA_ONLY =
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const LIMIT = 1_000;

interface MetadataList {
  metadata: { continue?: string };
  items?:
    | { metadata: { name: string; namespace?: string; uid: string; labels?: Record<string, string> } }[]
    | null;
}

/** Options of {@link listNames}. */
export interface ListNamesOptions {
  /** Only this namespace. */
  namespace?: string | undefined;
  /** Only objects with these labels. */
  labelSelector?: string;
  /** The resource version; the newest by default. */
  revision?: string;
}

/**
 * The names, uids and labels of the objects of a resource.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
export async function* listNames(
  client: ApiClient,
  resource: Resource,
  { namespace: home, labelSelector, revision }: ListNamesOptions,
  signal: AbortSignal,
): AsyncGenerator<ObjectKey & { uid: string; labels: Readonly<Record<string, string>> }> {
  let next: string | undefined;
  do {
    const list: MetadataList = await client.get<MetadataList>(
      {
        what: `list ${resourceName(resource)}`,
        path: collectionPath(resource, home),
        query: {
          limit: LIMIT,
          continue: next,
          labelSelector,
          ...(revision === undefined || next !== undefined
            ? {}
            : { resourceVersion: revision, resourceVersionMatch: "Exact" }),
        },
        headers: { accept: METADATA_ONLY },
        secret: isSecrets(resource),
      },
      signal,
    );
    for (const { metadata } of list.items ?? []) {
      const { namespace, name, uid, labels = {} } = metadata;
      yield { namespace, name, uid, labels };
    }
    next = list.metadata.continue || undefined;
  } while (next !== undefined);
}
