import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { apiVersion, type ObjectKey, parseApiVersion, type Resource } from "../../kubernetes/resource.ts";
import type { ServedResources } from "../live/served-resources.ts";

/** Finds the uids of owners in this cluster. */
export class OwnerUids {
  readonly #client: ApiClient;
  readonly #served: ServedResources;
  readonly #found = new Map<string, string>();

  constructor(client: ApiClient, served: ServedResources) {
    this.#client = client;
    this.#served = served;
  }

  /**
   * The owner reference of an object in `namespace`, or undefined where the cluster has no such owner, or this user
   * may not read the owner. A uid that does not exist must never be written: the garbage collector deletes the
   * object within seconds. The version is one that is served, so that the garbage collector finds the owner.
   *
   * @throws {ApiError} where the API server refuses for another reason than a missing right.
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

  /** Forgets the uid of an object that was deleted and re-created. */
  forget(resource: Resource, key: ObjectKey): void {
    this.#found.delete(idOf(resource, key));
  }
}

function idOf({ group, kind }: { group: string; kind: string }, { namespace, name }: ObjectKey): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
