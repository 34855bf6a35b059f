import { createObject, readObject } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { OperatorError } from "../../errors.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../../kubernetes/metadata.ts";
import { type ObjectKey, objectTitle } from "../../kubernetes/resource.ts";
import { describeDeletion, waitUntilGone } from "../live/wait-for-deletion.ts";
import { StoringWriter } from "./cluster-writer.ts";
import { createFromBackup } from "./create-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";

/** How long one step of a replacement may take that an interruption does not end, in milliseconds. */
const STEP_TIMEOUT = 30_000;

/**
 * Deletes the live object and creates the backup's, whatever is interrupted meanwhile: between the two the object
 * exists nowhere. Each step has a timeout of its own.
 *
 * @returns the result where the object was not replaced, and undefined where it was.
 * @throws {OperatorError} where nobody knows whether the object exists in the end.
 */
export async function deleteAndCreate(
  target: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
): Promise<RestoreResult | "changed meanwhile" | "replaced meanwhile" | undefined> {
  const { resource, context } = target;
  const { client, ownerUids, deletionTimeout } = context;
  const { key } = object;
  const { uid } = metadataOf(live);
  try {
    const signal = AbortSignal.timeout(STEP_TIMEOUT);
    // Where the answer to a deletion is lost, the retry finds nothing, or another resource version.
    if (!(await deletesUnchanged(target, { key, live }, signal))) {
      const now = await readObject(client, resource, key, signal);
      const same = now !== undefined && metadataOf(now).uid === uid;
      if (same && !isBeingDeleted(now)) return "changed meanwhile";
    }
  } catch (error) {
    // A refusal leaves the object as it was; without an answer nobody knows.
    if (error instanceof ApiError && error.status < 500) throw error;
    throw unfinished(target, object, error);
  }
  try {
    const gone = { resource, key, uid, timeout: deletionTimeout };
    const kept = await waitUntilGone(client, gone, AbortSignal.timeout(deletionTimeout + STEP_TIMEOUT));
    if (kept !== undefined) return { outcome: "failed", reason: describeDeletion(kept) };
    const writer = new StoringWriter(client, { retryInternalErrors: true });
    const created = await createFromBackup(target, object, AbortSignal.timeout(STEP_TIMEOUT), writer);
    return created === undefined ? "replaced meanwhile" : undefined;
  } catch (error) {
    return { outcome: "failed", reason: await putBack(target, { object, live, error }) };
  } finally {
    ownerUids.forget(resource, key);
  }
}

/** Deletes an object in the state in which it was read, or in a dry run asks to; returns false where it has changed since. */
export async function deletesUnchanged(
  { context, resource }: ResourceTarget,
  { key, live }: { key: ObjectKey; live: JsonObject },
  signal: AbortSignal,
): Promise<boolean> {
  const { uid, resourceVersion } = metadataOf(live);
  const preconditions = { uid, resourceVersion };
  try {
    return await context.writer.delete({ resource, key, preconditions, propagation: "Orphan" }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}

/**
 * Creates the deleted object again, since the backup's could not be created.
 *
 * @returns the reason to report.
 * @throws {OperatorError} where that cannot be done either.
 */
async function putBack(
  target: ResourceTarget,
  { object, live, error }: { object: ObjectToRestore; live: JsonObject; error: unknown },
): Promise<string> {
  const { resource, context } = target;
  const { key } = object;
  const body = parseJson(JSON.stringify(live)) as JsonObject & { metadata: JsonObject };
  for (const field of ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"])
    delete body.metadata[field];
  try {
    const write = { resource, key, body: JSON.stringify(body) };
    const { created } = await createObject(context.client, write, AbortSignal.timeout(STEP_TIMEOUT));
    const now = created ? "the one before was put back" : "one of its name is there now";
    return `it was deleted, and could not be created again: ${reasonOf(error)}; ${now}`;
  } catch {
    throw unfinished(target, object, error);
  }
}

/** The error that ends a restore in the middle of a replacement. The error names the object that may be missing now. */
function unfinished({ resource }: ResourceTarget, { key }: ObjectToRestore, cause: unknown): OperatorError {
  return new OperatorError(
    `Cannot replace ${objectTitle(resource.kind, key)}, which may be deleted now: ${reasonOf(cause)}`,
    { cause, advice: "Mend what is in the way and restore again: the backup holds the object" },
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return error.said;
  return error instanceof Error ? error.message : String(error);
}
