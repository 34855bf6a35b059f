import {
  type Creation,
  createObject,
  type DeleteOptions,
  deleteObject,
  patchObject,
  type Update,
  updateObject,
  type Write,
} from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { mergePatch } from "../../kubernetes/merge-patch.ts";
import { member } from "../../kubernetes/object-facts.ts";
import type { RestoreResult } from "./object-to-restore.ts";

/** Nothing is stored: `server` has the API server judge each write, `client` sends none. As in kubectl. */
export type DryRun = "server" | "client" | undefined;

/** A write whose dry run and retries are the writer's matter. */
export type ObjectWrite = Omit<Write, "dryRun" | "retryInternalErrors">;

/** An update of an object. */
export interface ObjectUpdate extends Omit<ObjectWrite, "body"> {
  /** The object as it was read. */
  live: JsonObject;
  /** The object as it is to be, with the uid and the resource version that were read. */
  body: JsonObject;
}

/**
 * The one place where a restore and its dry runs differ in what they send. A restore chooses its writer once;
 * what happens to an object is decided the same way for all three.
 */
export interface ObjectWriter {
  /** Whether the cluster changes: only then can later objects find what earlier ones wrote, and waiting helps. */
  readonly stores: boolean;
  /** Whether the API server judges each write. */
  readonly asksServer: boolean;

  /** Creates an object, unless one of its name exists. */
  create(write: ObjectWrite, signal: AbortSignal): Promise<Creation>;

  /**
   * Replaces the content of an object. Who may patch and not update, as the restore gate in a pod, patches instead.
   *
   * @returns undefined where the API server was not asked.
   * @throws {ApiError} with the status 409 where the object has changed meanwhile, 404 where it is gone.
   */
  update(update: ObjectUpdate, signal: AbortSignal): Promise<Update | undefined>;

  /**
   * Deletes an object.
   *
   * @returns false where there is none.
   * @throws {ApiError} with the status 409 where the preconditions do not hold.
   */
  delete(options: Omit<DeleteOptions, "dryRun">, signal: AbortSignal): Promise<boolean>;

  /**
   * The result for an object whose prerequisite is missing and would only come with a real restore.
   *
   * @param missing "the namespace does not exist yet".
   * @returns undefined in a real restore, which has to try.
   */
  assumeCreated(missing: string): RestoreResult | undefined;
}

/** The writer of a restore, or of a dry run. */
export function writerFor(client: ApiClient, dryRun: DryRun): ObjectWriter {
  if (dryRun === "client") return new ComparingWriter();
  return dryRun === "server" ? new AskingWriter(client) : new StoringWriter(client);
}

/** Writes to the cluster. */
export class StoringWriter implements ObjectWriter {
  readonly stores = true;
  readonly asksServer = true;
  readonly #client: ApiClient;
  readonly #retryInternalErrors: boolean;

  /**
   * @param retryInternalErrors whether an internal error is retried at once. A restore does not: a webhook that
   * fails would hold up each object for half a minute, where a retry after all others costs nothing.
   */
  constructor(client: ApiClient, { retryInternalErrors = false } = {}) {
    this.#client = client;
    this.#retryInternalErrors = retryInternalErrors;
  }

  create(write: ObjectWrite, signal: AbortSignal): Promise<Creation> {
    return createObject(this.#client, this.#complete(write), signal);
  }

  update(update: ObjectUpdate, signal: AbortSignal): Promise<Update> {
    const options = { retryInternalErrors: this.#retryInternalErrors };
    return updateOrPatch(this.#client, { ...update, ...options }, signal);
  }

  delete(options: Omit<DeleteOptions, "dryRun">, signal: AbortSignal): Promise<boolean> {
    return deleteObject(this.#client, options, signal);
  }

  assumeCreated(): undefined {
    return undefined;
  }

  #complete(write: ObjectWrite): Write {
    return { ...write, retryInternalErrors: this.#retryInternalErrors };
  }
}

async function updateOrPatch(
  client: ApiClient,
  { live, body, ...write }: ObjectUpdate & Pick<Write, "dryRun" | "retryInternalErrors">,
  signal: AbortSignal,
): Promise<Update> {
  try {
    return await updateObject(client, { ...write, body: JSON.stringify(body) }, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.lacksRight) throw error;
    const patch = JSON.stringify(patchTo(live, body));
    return await patchObject(client, { ...write, body: patch }, signal).catch((second: unknown) => {
      throw second instanceof ApiError && second.lacksRight ? error : second;
    });
  }
}

/** What an update would do, as a patch. The uid and the resource version stay in it: optimistic concurrency. */
function patchTo(live: JsonObject, body: JsonObject): JsonObject {
  const { metadata, ...rest } = body;
  const { managedFields: _, ...before } = member(live, "metadata");
  const { uid, resourceVersion, ...after } = isJsonObject(metadata) ? metadata : {};
  const serverSet = ["generation", "creationTimestamp", "selfLink", "uid", "resourceVersion"];
  const kept = Object.fromEntries(serverSet.map((name) => [name, before[name]]));
  const patch = mergePatch({ ...live, metadata: before }, { ...rest, metadata: { ...kept, ...after } });
  return { ...patch, metadata: { ...member(patch, "metadata"), uid, resourceVersion } };
}

/** Has the API server judge each write, admission included, and store nothing. */
class AskingWriter implements ObjectWriter {
  readonly stores = false;
  readonly asksServer = true;
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  create(write: ObjectWrite, signal: AbortSignal): Promise<Creation> {
    return createObject(this.#client, { ...write, retryInternalErrors: false, dryRun: true }, signal);
  }

  update(update: ObjectUpdate, signal: AbortSignal): Promise<Update> {
    return updateOrPatch(this.#client, { ...update, retryInternalErrors: false, dryRun: true }, signal);
  }

  delete(options: Omit<DeleteOptions, "dryRun">, signal: AbortSignal): Promise<boolean> {
    return deleteObject(this.#client, { ...options, dryRun: true }, signal);
  }

  assumeCreated(missing: string): RestoreResult {
    return { outcome: "created", reason: `not asked: ${missing}` };
  }
}

/** Sends no write: what exists is compared, and all else counts as taken. */
class ComparingWriter implements ObjectWriter {
  readonly stores = false;
  readonly asksServer = false;

  async create(): Promise<Creation> {
    return { created: true, unknownFields: [], text: undefined };
  }

  async update(): Promise<undefined> {
    return undefined;
  }

  async delete(): Promise<boolean> {
    return true;
  }

  assumeCreated(): RestoreResult {
    return { outcome: "created" };
  }
}
