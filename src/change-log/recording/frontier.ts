import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import { collectionPath, NAMESPACES, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { KindWatch } from "./kind-watch.ts";
import { TimelineEnd } from "./timeline-end.ts";

const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Up to where every event of all watches has come. */
export interface Frontier {
  revision: string;
  /** Whether that is the newest resource version that the cluster had when it was asked. */
  isNewest: boolean;
  /** When the cluster was asked for its newest resource version: whatever was answered before is not later than that one. */
  asked: Date;
  /** When the cluster had answered: whatever is not later than that resource version was done by then. */
  answered: Date;
}

/** What {@link proveFrontier} needs. */
export interface FrontierOptions {
  client: ApiClient;
  watches: readonly KindWatch[];
  /** With it, all events after this resource version are read once more, and compared with those that have come. */
  again?: string | undefined;
  now: () => Date;
}

/**
 * Proves up to which resource version every event of all watches has come: the newest one of the cluster when it was
 * asked for, or an earlier one where a watch does not reach that.
 *
 * A list that is consistent makes the watch cache of its resource catch up with etcd, and a short watch from the last
 * event on then brings a bookmark. Without the list, a watch of a quiet resource proves nothing for a minute.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2340-Consistent-reads-from-cache
 *
 * @throws {TimelineEnd} where the newest resource version is an earlier one than a watch has seen.
 */
export async function proveFrontier(
  { client, watches, again, now }: FrontierOptions,
  signal: AbortSignal,
): Promise<Frontier> {
  const seen = watches.reduce((most, each) => laterOf(most, each.seen), "");
  const asked = now();
  const newest = await revisionOf(client, NAMESPACES, signal);
  const answered = now();
  if (compareRevisions(newest, seen) < 0)
    throw new TimelineEnd("the resource versions of the cluster went back");
  const behind = watches.filter((each) => again !== undefined || compareRevisions(each.seen, newest) < 0);
  const reached = await Promise.all(
    behind.map(async (each) => {
      await revisionOf(client, each.resource, signal);
      return await each.reach({ client, revision: newest, again }, signal);
    }),
  );
  const revision = [...reached, ...watches.map(({ seen }) => seen)].reduce(
    (least, each) => (compareRevisions(each, least) < 0 ? each : least),
    newest,
  );
  return { revision, isNewest: revision === newest, asked, answered };
}

function laterOf(one: string, other: string): string {
  return compareRevisions(one, other) >= 0 ? one : other;
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
