import {
  type Creation,
  createObject,
  type DeleteOptions,
  deleteObject,
  type Update,
  updateObject,
  type Write,
} from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { RestoreResult } from "./object-to-restore.ts";

/** Nothing is stored: `server` has the API server judge each write, `client` sends none. As in kubectl. */
export type DryRun = "server" | "client" | undefined;

/** A write whose dry run and retries are the writer's matter. */
export type ObjectWrite = Omit<Write, "dryRun" | "retryInternalErrors">;

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
   * Replaces the content of an object.
   *
   * @returns undefined where the API server was not asked.
   * @throws {ApiError} with the status 409 where the object has changed meanwhile, 404 where it is gone.
   */
  update(write: ObjectWrite, signal: AbortSignal): Promise<Update | undefined>;

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

  update(write: ObjectWrite, signal: AbortSignal): Promise<Update> {
    return updateObject(this.#client, this.#complete(write), signal);
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

  update(write: ObjectWrite, signal: AbortSignal): Promise<Update> {
    return updateObject(this.#client, { ...write, retryInternalErrors: false, dryRun: true }, signal);
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
