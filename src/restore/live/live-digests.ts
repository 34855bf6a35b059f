import { listPages } from "../../cluster/lists/list.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { type PortableObject, portable } from "../../objects/portable.ts";
import { ABSENT, LiveDigest, type LiveState } from "./live-state.ts";

/** All live objects of a resource of which a cluster has few: Namespaces, CRDs. */
export class LiveDigests {
  readonly #states = new Map<string, LiveState>();

  /** Adds an object; none for one that backups leave out. */
  add(object: PortableObject | undefined): void {
    if (object !== undefined)
      this.#states.set(keyText(object), new LiveDigest(object, { withStatus: false }));
  }

  /** The state of an object. */
  of(key: ObjectKey): LiveState {
    return this.#states.get(keyText(key)) ?? ABSENT;
  }
}

/** Lists the objects of a cluster-scoped resource. */
export async function readLiveDigests(
  client: ApiClient,
  resource: Resource,
  signal: AbortSignal,
): Promise<LiveDigests> {
  const live = new LiveDigests();
  for await (const { items } of listPages(client, resource, {}, signal))
    for (const item of items) live.add(portable(resource, item, undefined, { keeps: () => true }));
  return live;
}
