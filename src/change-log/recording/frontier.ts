import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import { collectionPath, NAMESPACES, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { KindWatch } from "./kind-watch.ts";

const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Up to where every event of all watches has come. */
export interface Frontier {
  revision: string;
  /** Whether that is the newest resource version that the cluster had when it was asked. */
  isNewest: boolean;
}

/**
 * Proves up to which resource version every event of all watches has come: the newest one of the cluster when it was
 * asked for, or an earlier one where a watch does not reach that.
 *
 * A list that is consistent makes the watch cache of its resource catch up with etcd, and a short watch from the last
 * event on then brings a bookmark. Without the list, a watch of a quiet resource proves nothing for a minute.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2340-Consistent-reads-from-cache
 */
export async function proveFrontier(
  client: ApiClient,
  watches: readonly KindWatch[],
  signal: AbortSignal,
): Promise<Frontier> {
  const newest = await revisionOf(client, NAMESPACES, signal);
  const behind = watches.filter(({ seen, isGone }) => !isGone && compareRevisions(seen, newest) < 0);
  await Promise.all(
    behind.map(async (each) => {
      try {
        await revisionOf(client, each.resource, signal);
        await each.reach(client, newest, signal);
      } catch (error) {
        // A resource that is not served any more changes no more; its watch finds that out by itself.
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    }),
  );
  const revision = watches
    .filter(({ isGone }) => !isGone)
    .reduce((least, { seen }) => (compareRevisions(seen, least) < 0 ? seen : least), newest);
  return { revision, isNewest: revision === newest };
}

/** The resource version of a consistent list, of which only the metadata of one object is asked for. */
async function revisionOf(client: ApiClient, resource: Resource, signal: AbortSignal): Promise<string> {
  const { metadata } = await client.get<{ metadata?: { resourceVersion?: string } }>(
    {
      what: `list ${resourceName(resource)}`,
      path: collectionPath(resource),
      query: { limit: 1 },
      headers: { accept: METADATA_ONLY },
      secret: isSecrets(resource),
    },
    signal,
  );
  return metadata?.resourceVersion ?? "";
}
