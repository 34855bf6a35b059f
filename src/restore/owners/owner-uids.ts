import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { apiVersion, type ObjectKey, parseApiVersion, type Resource } from "../../kubernetes/resource.ts";
import type { ServedResources } from "../live/served-resources.ts";

/** What owners of the group apps keep of their past, by the resource of it: `kubectl rollout undo` goes back to that. */
const ADOPTERS: Readonly<Record<string, readonly string[]>> = {
  "replicasets.apps": ["Deployment"],
  "controllerrevisions.apps": ["DaemonSet", "StatefulSet"],
};

/**
 * Owners whose controller adopts what fits its selector: what they own is created before them,
 * without owner, and adopted.
 *
 * @param resource name of the resource that is owned, `replicasets.apps`: other groups have ReplicaSets too.
 */
export function isAdopter(resource: string, owner: Owner): boolean {
  const owners = Object.hasOwn(ADOPTERS, resource) ? (ADOPTERS[resource] ?? []) : [];
  return owner.controller === true && owners.includes(owner.kind) && owner.apiVersion.startsWith("apps/");
}

/** Finds the uids that owners have in this cluster. */
export class OwnerUids {
  readonly #client: ApiClient;
  readonly #served: ServedResources;
  readonly #found = new Map<string, string>();

  constructor(client: ApiClient, served: ServedResources) {
    this.#client = client;
    this.#served = served;
  }

  /**
   * The reference to an owner of an object in `namespace`, or undefined where the cluster has none such,
   * or we may not see it. A uid that does not exist must never be written: the garbage collector
   * deletes the object within seconds. The version is one that is served, lest the collector not find it.
   */
  async find(
    owner: Owner,
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<OwnerReference | undefined> {
    const { group, version } = parseApiVersion(owner.apiVersion);
    const resource = this.#served.ofKind(group, owner.kind);
    if (resource === undefined) return undefined;
    const served = resource.versions.includes(version)
      ? owner
      : { ...owner, apiVersion: apiVersion(resource) };
    const key = { namespace: resource.namespaced ? namespace : undefined, name: owner.name };
    const id = idOf({ group, kind: owner.kind }, key);
    const known = this.#found.get(id);
    if (known !== undefined) return { ...served, uid: known };
    try {
      const live = await readObject<{ metadata: { uid: string; deletionTimestamp?: string } }>(
        this.#client,
        resource,
        key,
        signal,
      );
      if (live === undefined || live.metadata.deletionTimestamp !== undefined) return undefined;
      this.#found.set(id, live.metadata.uid);
      return { ...served, uid: live.metadata.uid };
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
