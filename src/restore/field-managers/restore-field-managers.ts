import { FIELD_MANAGER, patchObject, readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/metadata.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";
import type { RestoreReport } from "../report/report.ts";
import { fieldsHandedBack } from "./field-managers.ts";

/** How often an object is looked at again that its controllers write meanwhile, and the pause, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 6;
const PAUSE = 25;

/** Objects of one kind that could not be handed back, and what the API server said of the first. */
interface Kept {
  kind: string;
  objects: number;
  reason: string;
}

/** An object whose fields are to be handed back. */
export interface OwnedFields {
  resource: Resource;
  key: ObjectKey;
  /** To whom, by the backup; undefined where that is so already. */
  managers: readonly FieldManager[] | undefined;
  /** To whom its status, in the same way. */
  statusManagers?: readonly FieldManager[] | undefined;
  /** The object as the API server answered last, as JSON. */
  text: string;
}

/**
 * Hands the fields of restored objects back to the managers whom they belonged to: otherwise their next
 * server-side apply would meet a conflict with us in each of them. The API server takes no record of
 * managers with what it creates, so that this is a request of its own. That it fails is no failure of the
 * object, which is there.
 */
export class HandBack {
  readonly #client: ApiClient;
  readonly #report: RestoreReport;
  readonly #kept = new Map<string, Kept>();
  /** Resources that we may not patch. */
  readonly #refused = new Set<string>();

  constructor(client: ApiClient, report: RestoreReport) {
    this.#client = client;
    this.#report = report;
  }

  /** @throws what concerns more than this object: a broken connection, refused credentials. */
  async handBack(fields: OwnedFields, signal: AbortSignal): Promise<void> {
    const { resource } = fields;
    try {
      await this.#handBack(fields, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      // It was deleted meanwhile.
      if (error.status === 404) return;
      if (error.lacksRight) this.#refused.add(resourceName(resource));
      this.#keep(resource, error.said);
    }
  }

  async #handBack(
    { resource, key, managers, statusManagers, text }: OwnedFields,
    signal: AbortSignal,
  ): Promise<void> {
    let live: JsonObject | undefined = parseJson(text) as JsonObject;
    const { uid } = metadataOf(live);
    for (let attempt = 1; ; attempt += 1) {
      // One that was deleted and made again belongs to who made it.
      if (live === undefined || metadataOf(live).uid !== uid) return;
      const managedFields = fieldsHandedBack(managers, live, resource, statusManagers);
      if (managedFields === undefined) return;
      if (this.#refused.has(resourceName(resource))) return this.#keep(resource, "");
      // Over this very state: who writes meanwhile keeps what is theirs.
      const { resourceVersion } = metadataOf(live);
      const body = JSON.stringify({ metadata: { uid, resourceVersion, managedFields } });
      try {
        // A webhook that fails would hold up each object for half a minute.
        return await patchObject(this.#client, { resource, key, body, retryInternalErrors: false }, signal);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409 || attempt === ATTEMPTS) throw error;
      }
      await sleep(PAUSE * (attempt - 1), signal);
      live = await readObject(this.#client, resource, key, signal);
    }
  }

  /** Puts into the report what could not be handed back, one note for each kind. */
  note(): void {
    for (const { kind, objects, reason } of this.#kept.values()) {
      this.#report.notes.push(
        `${objects} of the kind ${kind} came back with fields that belong to ${FIELD_MANAGER}, and not to whom they belonged: ${reason}; the next server-side apply meets conflicts, which --force-conflicts settles`,
      );
    }
    this.#kept.clear();
  }

  #keep(resource: Resource, reason: string): void {
    const name = resourceName(resource);
    const kept = this.#kept.get(name) ?? { kind: resource.kind, objects: 0, reason };
    this.#kept.set(name, { ...kept, objects: kept.objects + 1 });
  }
}
