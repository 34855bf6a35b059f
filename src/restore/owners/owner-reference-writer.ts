import { patchObject, readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../../kubernetes/metadata.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";
import type { RestoreReport } from "../report/report.ts";
import { hasOwners, mergeOwners } from "./merge-owner-references.ts";

/** Attempts at an object that its controllers write meanwhile, and the backoff, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 6;
const BACKOFF = 25;

/** Objects of one kind that this user may not patch. */
interface Refused {
  kind: string;
  names: Set<string>;
  reason: string;
}

/** An object that was created before its owners, and the owner references with the uids of this cluster. */
export interface ObjectOfOwners {
  resource: Resource;
  key: ObjectKey;
  owners: readonly OwnerReference[];
}

/** Writes the owner references of objects that were created before their owners. */
export class OwnerReferenceWriter {
  readonly #client: ApiClient;
  readonly #report: RestoreReport;
  readonly #refused = new Map<string, Refused>();

  constructor(client: ApiClient, report: RestoreReport) {
    this.#client = client;
    this.#report = report;
  }

  /**
   * Writes owner references. Those that others have written meanwhile stay. An object that this user may not patch has
   * not failed: the object is there, and is noted.
   *
   * @returns the object as the API server answered last, as JSON; undefined where nothing was written: the object is
   * gone, has the owner references already, or may not be patched.
   * @throws {ApiError} where the API server refuses for another reason.
   */
  async write({ resource, key, owners }: ObjectOfOwners, signal: AbortSignal): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const live: JsonObject | undefined = await readObject(this.#client, resource, key, signal);
      if (live === undefined || isBeingDeleted(live) || hasOwners(live, owners)) return undefined;
      // Optimistic concurrency: a merge patch replaces the whole list.
      const { uid, resourceVersion } = metadataOf(live);
      const metadata = { uid, resourceVersion, ownerReferences: mergeOwners(live, owners) };
      const body = JSON.stringify({ metadata });
      try {
        const patch = { resource, key, body, retryInternalErrors: false };
        return (await patchObject(this.#client, patch, signal)).text;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.lacksRight) return this.#refuse(resource, key, error.said);
        if (error.status !== 409 || attempt === ATTEMPTS) throw error;
      }
      await sleep(BACKOFF * attempt, signal);
    }
  }

  /** Reports the objects that could not be patched, one note for each kind. */
  note(): void {
    for (const { kind, names, reason } of this.#refused.values()) {
      this.#report.notes.push(
        `${names.size} of the kind ${kind} came back without their owner references, which are written when the owners exist: ${reason}`,
      );
    }
    this.#refused.clear();
  }

  #refuse(resource: Resource, { namespace, name }: ObjectKey, reason: string): undefined {
    const id = resourceName(resource);
    const refused = this.#refused.get(id) ?? { kind: resource.kind, names: new Set<string>(), reason };
    refused.names.add(`${namespace ?? ""}/${name}`);
    this.#refused.set(id, refused);
  }
}
