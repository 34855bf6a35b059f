import type { ApiClient } from "../cluster/api-client.ts";
import { ApiError } from "../cluster/api-error.ts";
import type { ServedResource } from "../cluster/discovery.ts";
import { readObject } from "../cluster/objects.ts";
import type { ObjectKey, Resource } from "../cluster/resource.ts";
import type { Owner } from "../objects/owners.ts";

/**
 * Owners whose controller adopts what fits its selector: what they own is created before them,
 * without owner, and adopted.
 */
export function isAdopter(kind: string, owner: Owner): boolean {
  return kind === "ReplicaSet" && owner.kind === "Deployment" && owner.controller === true;
}

/** Finds the uids that owners have in this cluster. */
export class OwnerUids {
  readonly #client: ApiClient;
  readonly #served: readonly ServedResource[];
  readonly #found = new Map<string, string>();

  constructor(client: ApiClient, served: readonly ServedResource[]) {
    this.#client = client;
    this.#served = served;
  }

  /**
   * The uid of an owner of an object in `namespace`, or undefined where the cluster has none such,
   * or we may not see it. A uid that does not exist must never be written: the garbage collector
   * deletes the object within seconds.
   */
  async find(owner: Owner, namespace: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const [group, version] = owner.apiVersion.includes("/")
      ? owner.apiVersion.split("/")
      : ["", owner.apiVersion];
    const resource = this.#served.find((served) => served.kind === owner.kind && served.group === group);
    if (resource === undefined || group === undefined || version === undefined) return undefined;
    const key = { namespace: resource.namespaced ? namespace : undefined, name: owner.name };
    const id = idOf({ group, kind: owner.kind }, key);
    const known = this.#found.get(id);
    if (known !== undefined) return known;
    try {
      const live = await readObject<{ metadata: { uid: string; deletionTimestamp?: string } }>(
        this.#client,
        resource,
        key,
        signal,
      );
      if (live === undefined || live.metadata.deletionTimestamp !== undefined) return undefined;
      this.#found.set(id, live.metadata.uid);
      return live.metadata.uid;
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return undefined;
      throw error;
    }
  }

  /** Forgets the uid of an object that was deleted and made again. */
  forget(resource: Resource, key: ObjectKey): void {
    this.#found.delete(idOf(resource, key));
  }
}

function idOf({ group, kind }: { group: string; kind: string }, { namespace, name }: ObjectKey): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
