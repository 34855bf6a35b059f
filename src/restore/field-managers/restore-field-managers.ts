import { FIELD_MANAGER, patchObject, readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/metadata.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";
import type { RestoreReport } from "../report/report.ts";
import { restoredManagedFields } from "./managed-fields.ts";

/** Attempts at an object that its controllers write meanwhile, and the backoff, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 6;
const BACKOFF = 25;

/** Objects of one kind whose field managers could not be restored, and what the API server said of the first. */
interface Failed {
  kind: string;
  objects: number;
  reason: string;
}

/** A restored object, and its field managers in the backup. */
export interface ManagedObject {
  resource: Resource;
  key: ObjectKey;
  /** Field managers of the object without its status; undefined where the record is right already. */
  managers: readonly FieldManager[] | undefined;
  /** Field managers of the status, in the same way. */
  statusManagers?: readonly FieldManager[] | undefined;
  /** The object as the API server answered last, as JSON. */
  text: string;
}

/**
 * Restores the field managers of restored objects: otherwise the next server-side apply of each manager would
 * conflict with kube-backup in every field. The API server takes no record of field managers with an object that
 * is created, so that the record is a request of its own. An object whose field managers cannot be restored has
 * not failed: the object is there.
 */
export class FieldManagerRestorer {
  readonly #client: ApiClient;
  readonly #report: RestoreReport;
  readonly #failed = new Map<string, Failed>();
  /** Resources that this user may not patch. */
  readonly #refused = new Set<string>();

  constructor(client: ApiClient, report: RestoreReport) {
    this.#client = client;
    this.#report = report;
  }

  /** @throws what concerns more than this object: a broken connection, refused credentials. */
  async restore(object: ManagedObject, signal: AbortSignal): Promise<void> {
    const { resource } = object;
    try {
      await this.#patch(object, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      // The object was deleted meanwhile.
      if (error.status === 404) return;
      if (error.lacksRight) this.#refused.add(resourceName(resource));
      this.#fail(resource, error.said);
    }
  }

  async #patch(
    { resource, key, managers, statusManagers, text }: ManagedObject,
    signal: AbortSignal,
  ): Promise<void> {
    let live: JsonObject | undefined = parseJson(text) as JsonObject;
    const { uid } = metadataOf(live);
    for (let attempt = 1; ; attempt += 1) {
      // An object that was deleted and re-created belongs to whoever re-created the object.
      if (live === undefined || metadataOf(live).uid !== uid) return;
      const managedFields = restoredManagedFields(managers, live, resource, statusManagers);
      if (managedFields === undefined) return;
      if (this.#refused.has(resourceName(resource))) return this.#fail(resource, "");
      // Optimistic concurrency: a manager that writes meanwhile keeps its fields.
      const { resourceVersion } = metadataOf(live);
      const body = JSON.stringify({ metadata: { uid, resourceVersion, managedFields } });
      try {
        // A webhook that fails would hold up each object for half a minute.
        await patchObject(this.#client, { resource, key, body, retryInternalErrors: false }, signal);
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409 || attempt === ATTEMPTS) throw error;
      }
      await sleep(BACKOFF * (attempt - 1), signal);
      live = await readObject(this.#client, resource, key, signal);
    }
  }

  /** Reports the objects whose field managers could not be restored, one note for each kind. */
  note(): void {
    for (const { kind, objects, reason } of this.#failed.values()) {
      this.#report.notes.push(
        `${objects} of the kind ${kind} came back with fields that belong to ${FIELD_MANAGER}, and not to whom they belonged: ${reason}; the next server-side apply meets conflicts, which --force-conflicts settles`,
      );
    }
    this.#failed.clear();
  }

  #fail(resource: Resource, reason: string): void {
    const name = resourceName(resource);
    const failed = this.#failed.get(name) ?? { kind: resource.kind, objects: 0, reason };
    this.#failed.set(name, { ...failed, objects: failed.objects + 1 });
  }
}
