import {
  createObject,
  type DeleteOptions,
  deleteObject,
  FIELD_MANAGER,
  readObject,
} from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { OperatorError } from "../../errors.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../../kubernetes/metadata.ts";
import { type ObjectKey, objectTitle, type Resource } from "../../kubernetes/resource.ts";
import { describeOverwritten, overwrittenFields } from "../field-managers/overwritten-fields.ts";
import { describeDeletion, waitUntilGone } from "../live/wait-for-deletion.ts";
import { createIt } from "./create-object.ts";
import { withoutOwnNodePorts } from "./node-ports.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./target.ts";

/** How long one step of a replacement may take that an interruption does not end, in milliseconds. */
const STEP_LIMIT = 30_000;

/** What goes with an object of these kinds when it is deleted: a restore never does that. */
const NEVER_DELETED: Readonly<Record<string, string>> = {
  Namespace: "all that is in it",
  CustomResourceDefinition: "all objects of its kind",
  PersistentVolumeClaim: "its data",
  PersistentVolume: "its data",
};

/** A live object that is to be written over. */
export interface Encounter {
  /** As it is in the cluster, whole. */
  live: JsonObject;
  /** The backup's object, with what its controller writes by itself as it is here. */
  wanted: JsonObject;
  /** What an update sends. */
  body: JsonObject;
}

/** An object that cannot be written over. */
export interface Refused extends Encounter {
  object: ObjectToRestore;
  /** Why the API server does not take it. */
  refusal: string;
}

/**
 * Deletes an object whose fields are immutable and creates that of the backup, where the policy says
 * so; what it owned stays, as orphans. Before, the API server is asked whether it would take the
 * backup's object: it judges what is to be created before it looks whether there is one of that name.
 */
export async function replaceObject(
  target: RestoreTarget,
  refused: Refused,
  signal: AbortSignal,
): Promise<Settled | "changed meanwhile" | "replaced meanwhile"> {
  const { client, resource, existing, dryRun } = target;
  const { object, live, wanted, body, refusal } = refused;
  const { key } = object;
  const lost = NEVER_DELETED[resource.kind];
  if (lost !== undefined) {
    return {
      outcome: "failed",
      reason: `${refusal}; a restore never deletes a ${resource.kind}, since ${lost} would go with it: delete it by hand and restore again`,
    };
  }
  const proof = JSON.stringify(withoutOwnNodePorts(resource.kind, live, wanted));
  try {
    const asked = await createObject(client, { resource, key, body: proof, dryRun: true }, signal);
    if (asked.created) return "changed meanwhile";
  } catch (error) {
    if (!(error instanceof ApiError) || error.concernsEveryRequest || error.waitsFor !== undefined)
      throw error;
    // It is no matter of what is there: the object itself is refused.
    return {
      outcome: "failed",
      reason: refusal === error.said ? refusal : `${refusal}; and as a new one: ${error.said}`,
    };
  }
  if (existing === "update") {
    return { outcome: "failed", reason: `${refusal}; --existing replace would delete and create it again` };
  }
  const reason = describeOverwritten(overwrittenFields(live, body, FIELD_MANAGER));
  if (dryRun === "server") {
    const there = await deletes(target, { ...deletionOf(resource, key, live), dryRun: true }, signal);
    return there ? { outcome: "replaced", reason } : "changed meanwhile";
  }
  signal.throwIfAborted();
  const settled = await deleteAndCreate(target, { object, live });
  return settled ?? { outcome: "replaced", reason };
}

/**
 * Replaces the object, whatever is interrupted meanwhile: between its deletion and its creation it is
 * nowhere. Each step has a limit of its own.
 *
 * @returns what became of it instead, where it was not replaced.
 * @throws {OperatorError} where nobody knows whether it is there in the end.
 */
async function deleteAndCreate(
  target: RestoreTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
): Promise<Settled | "changed meanwhile" | "replaced meanwhile" | undefined> {
  const { client, resource, uids, deletionLimit } = target;
  const { key } = object;
  try {
    const signal = AbortSignal.timeout(STEP_LIMIT);
    // Where the answer to a deletion is lost, the next one finds nothing, or another resource version.
    if (!(await deletes(target, deletionOf(resource, key, live), signal))) {
      const there = await readObject(client, resource, key, signal);
      const same = there !== undefined && metadataOf(there).uid === metadataOf(live).uid;
      if (same && !isBeingDeleted(there)) return "changed meanwhile";
    }
  } catch (error) {
    // A refusal leaves it as it was; without an answer nobody knows.
    if (error instanceof ApiError && error.status < 500) throw error;
    throw unfinished(target, object, error);
  }
  try {
    const gone = { resource, key, uid: metadataOf(live).uid, limit: deletionLimit };
    const kept = await waitUntilGone(client, gone, AbortSignal.timeout(deletionLimit + STEP_LIMIT));
    if (kept !== undefined) return { outcome: "failed", reason: describeDeletion(kept) };
    const patient = { ...target, retryInternalErrors: true };
    const created = await createIt(patient, object, AbortSignal.timeout(STEP_LIMIT));
    return created === undefined ? "replaced meanwhile" : undefined;
  } catch (error) {
    return { outcome: "failed", reason: await putBack(target, { object, live, error }) };
  } finally {
    uids.forget(resource, key);
  }
}

function deletionOf(resource: Resource, key: ObjectKey, live: JsonObject): DeleteOptions {
  const { uid, resourceVersion } = metadataOf(live);
  return { resource, key, preconditions: { uid, resourceVersion }, propagation: "Orphan" };
}

/** Deletes the object in the state in which it was looked at; returns false where it has left that. */
async function deletes(
  { client }: RestoreTarget,
  options: DeleteOptions,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await deleteObject(client, options, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}

/**
 * Makes the object again that was deleted, since the backup's could not be made.
 *
 * @returns the reason to report.
 * @throws {OperatorError} where that cannot be done either.
 */
async function putBack(
  { client, resource }: RestoreTarget,
  { object, live, error }: { object: ObjectToRestore; live: JsonObject; error: unknown },
): Promise<string> {
  const { key } = object;
  const body = parseJson(JSON.stringify(live)) as JsonObject & { metadata: JsonObject };
  for (const field of ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"])
    delete body.metadata[field];
  try {
    const write = { resource, key, body: JSON.stringify(body) };
    const { created } = await createObject(client, write, AbortSignal.timeout(STEP_LIMIT));
    const now = created ? "the one before was put back" : "one of its name is there now";
    return `it was deleted, and could not be created again: ${reasonOf(error)}; ${now}`;
  } catch {
    throw unfinished({ resource }, object, error);
  }
}

/** The error that ends a restore in the middle of a replacement: it names the object that may be missing now. */
function unfinished(
  { resource }: Pick<RestoreTarget, "resource">,
  { key }: ObjectToRestore,
  cause: unknown,
): OperatorError {
  return new OperatorError(
    `Cannot replace ${objectTitle(resource.kind, key)}, which may be deleted now: ${reasonOf(cause)}`,
    { cause, advice: "Mend what is in the way and restore again: the backup holds the object" },
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return error.said;
  return error instanceof Error ? error.message : String(error);
}
