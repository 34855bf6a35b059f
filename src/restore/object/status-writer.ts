import { patchStatus, readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/metadata.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import { apiVersion, type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { classifyStatus } from "../../objects/custom-status.ts";
import { sleep } from "../../time/sleep.ts";
import { holdsOurStatus, isStatusWrittenByOthers, soleManager } from "../field-managers/managed-fields.ts";
import type { RestoreReport } from "../report/report.ts";

/** Attempts at an object that others write meanwhile, and the backoff, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 6;
const BACKOFF = 25;

/** Objects of one kind that came back without their status, and why the first did. */
interface Refused {
  kind: string;
  objects: number;
  reason: string;
  /** Whether the next status would be refused as well, so that it need not be sent. */
  all: boolean;
}

/** A status that is to be written. */
export interface StatusToWrite {
  resource: Resource;
  key: ObjectKey;
  status: CustomStatus;
  /** The object as the API server answered last, as JSON. */
  text: string;
}

/** What became of the status. */
export interface StatusWritten {
  written: boolean;
  /** The object as it is now, as JSON. */
  text: string;
  /** The field managers of the status that are still to be recorded; undefined where there are none. */
  managers: readonly FieldManager[] | undefined;
}

/**
 * Writes the status of custom resources through their status subresource, where that was asked for: the API
 * server takes no status with the object itself. An object whose status cannot be written has not failed: the
 * object is there.
 */
export class StatusWriter {
  readonly #client: ApiClient;
  readonly #report: RestoreReport;
  readonly #refused = new Map<string, Refused>();
  #written = 0;

  constructor(client: ApiClient, report: RestoreReport) {
    this.#client = client;
    this.#report = report;
  }

  /**
   * Writes the status of an object that exists, unless the status is equal. A controller that writes the status at
   * the same time wins.
   *
   * @throws what concerns more than this object: a broken connection, refused credentials.
   */
  async write(object: StatusToWrite, signal: AbortSignal): Promise<StatusWritten> {
    const { resource, text } = object;
    try {
      return await this.#write(object, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      // The object was deleted meanwhile.
      if (error.status !== 404) this.#refuse(resource, { reason: error.said, all: error.lacksRight });
      return nothing(text);
    }
  }

  async #write(object: StatusToWrite, signal: AbortSignal): Promise<StatusWritten> {
    const { resource, key, text } = object;
    const before = parseJson(text) as JsonObject;
    let live: JsonObject | undefined = before;
    for (let attempt = 1; ; attempt += 1) {
      const answer = this.#answerUnwritten(object, { before, live });
      if (answer !== undefined) return answer;
      const written = await this.#writeOver(object, live ?? before, signal);
      if (written !== undefined) return written;
      if (attempt === ATTEMPTS) return nothing(text);
      await sleep(BACKOFF * (attempt - 1), signal);
      live = await readObject(this.#client, resource, key, signal);
    }
  }

  /** The answer where nothing is to be written; undefined otherwise. */
  #answerUnwritten(
    { resource, status, text }: StatusToWrite,
    { before, live }: { before: JsonObject; live: JsonObject | undefined },
  ): StatusWritten | undefined {
    // An object that was deleted and re-created belongs to whoever re-created the object.
    if (live === undefined || metadataOf(live).uid !== metadataOf(before).uid) return nothing(text);
    const now = live === before ? text : JSON.stringify(live);
    if (jsonEqual(live["status"], status.value))
      return { ...nothing(now), managers: holdsOurStatus(live) ? status.managers : undefined };
    // A default of the schema may appear only now; no manager has written such a field.
    if (!jsonEqual(live["status"], before["status"]) && isStatusWrittenByOthers(live)) return nothing(now);
    return this.#mayBeWritten(resource) ? undefined : nothing(now);
  }

  /** Writes over the state that was read; undefined where the object has changed since. */
  async #writeOver(
    { resource, key, status }: StatusToWrite,
    live: JsonObject,
    signal: AbortSignal,
  ): Promise<StatusWritten | undefined> {
    // A manager that wrote the status alone owns the status again with no further request.
    const fieldManager = soleManager(status.managers);
    const { resourceVersion } = metadataOf(live);
    try {
      const write = { resource, key, fieldManager, resourceVersion, status: status.value };
      const text = await patchStatus(this.#client, write, signal);
      this.#written += 1;
      return { written: true, text, managers: fieldManager === undefined ? status.managers : undefined };
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return undefined;
      throw error;
    }
  }

  /** Reports how many statuses were written, and one note for each kind of which some were not. */
  note(): void {
    if (this.#written > 0) {
      this.#report.notes.push(
        this.#written === 1
          ? "1 object got the status that the backup has"
          : `${this.#written} objects got the status that the backup has`,
      );
    }
    for (const { kind, objects, reason } of this.#refused.values())
      this.#report.notes.push(`${objects} of the kind ${kind} came back without their status: ${reason}`);
    this.#written = 0;
    this.#refused.clear();
  }

  #mayBeWritten(resource: Resource): boolean {
    if (this.#refused.get(resourceName(resource))?.all === true) {
      this.#refuse(resource, { reason: "", all: true });
      return false;
    }
    if (classifyStatus(apiVersion(resource), resource.statusVersions) === "subresource") return true;
    const reason = `this API server has no status subresource of ${resourceName(resource)} in ${apiVersion(resource)}`;
    this.#refuse(resource, { reason, all: true });
    return false;
  }

  #refuse(resource: Resource, { reason, all }: Pick<Refused, "reason" | "all">): void {
    const name = resourceName(resource);
    const refused = this.#refused.get(name) ?? { kind: resource.kind, objects: 0, reason, all };
    this.#refused.set(name, { ...refused, objects: refused.objects + 1, all: refused.all || all });
  }
}

function nothing(text: string): StatusWritten {
  return { written: false, text, managers: undefined };
}
