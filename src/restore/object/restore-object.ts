import { ApiError } from "../../cluster/requests/api-error.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { belongsToOthers } from "../field-managers/managed-fields.ts";
import { NamespaceTerminatingError } from "../live/create-namespace.ts";
import { UNKNOWN } from "../live/live-state.ts";
import type { ObjectWriter } from "./cluster-writer.ts";
import { createFromBackup } from "./create-object.ts";
import { finishOwned } from "./finish-owned.ts";
import { madeWithCluster, restoreMadeWithCluster, updateOrSkip } from "./made-with-cluster.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { reconcileExisting } from "./reconcile-existing.ts";
import type { ResourceTarget } from "./restore-context.ts";

const IN_EXCLUDED_NAMESPACE = "a label of its namespace leaves it out of backups and restores";

/**
 * Restores one object: creates it or, where one of its name exists, does what the policy says.
 *
 * @throws what concerns more than this object: a broken connection, refused credentials.
 */
export async function restoreObject(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  return await restoreOrThrow(target, object, signal).catch((error) => {
    const failure = failureOf(error, target.context);
    return { ...failure, policy: isRefusedPod(target.resource, error) };
  });
}

/** The same, where the caller judges what is refused. */
export async function restoreOrThrow(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context, resource } = target;
  const { key, live = UNKNOWN, exists = live.exists, before } = object;
  if (before !== undefined) return await finishOwned(target, object, before, signal);
  if (key.namespace !== undefined && context.excludedNamespaces.has(key.namespace))
    return { outcome: "skipped", reason: IN_EXCLUDED_NAMESPACE };
  if (exists && isUnchanged(target, object)) return { outcome: "unchanged" };
  if (key.namespace !== undefined && !context.namespacesBefore.has(key.namespace)) {
    const assumed = context.writer.assumeCreated("the namespace does not exist yet");
    if (assumed !== undefined) return assumed;
  }
  const created = exists ? undefined : await createFromBackup(target, object, signal);
  if (created !== undefined) return created;
  const made = madeWithCluster(resource, key);
  if (made !== undefined) return await restoreMadeWithCluster(target, { made, object }, signal);
  const result = await reconcileExisting(target, object, signal);
  return (exists || !live.isKnown) && !isSince(context.begun, result)
    ? result
    : await settleOvertaken(target, object, result, signal);
}

/** Whether the object was created after the first run of an interrupted restore began. Both times are of the API server. */
function isSince(begun: Date | undefined, { createdAt }: RestoreResult): boolean {
  return begun !== undefined && createdAt !== undefined && new Date(createdAt) >= begun;
}

/**
 * Settles an object that did not exist when the restore began, and that another client created before the restore
 * could: most often a controller that makes the object where it is missing. Two restores at once create equal objects.
 */
async function settleOvertaken(
  target: ResourceTarget,
  object: ObjectToRestore,
  result: RestoreResult,
  signal: AbortSignal,
): Promise<RestoreResult> {
  // What is skipped for another reason than that it differs is no matter of who was first.
  if (result.outcome !== "skipped" || result.createdAt === undefined) return result;
  const reason = "another client created it while the restore ran";
  if (!target.context.updatesOvertaken) return { ...result, reason, overtaken: true };
  const updated = await updateOrSkip(target, object, signal);
  return { ...updated, reason: updated.reason === undefined ? reason : `${reason}; ${updated.reason}` };
}

/** Whether a policy refuses a Pod that no controller made: the Pod is older than the policy. Other reasons are of the cluster. */
function isRefusedPod({ group, resource }: Resource, error: unknown): boolean {
  if (group !== "" || resource !== "pods" || !(error instanceof ApiError)) return false;
  return error.denied || (error.status === 403 && !error.lacksRight && error.waitsFor === undefined);
}

/** Whether the list that was read before shows the object as the backup has it. The uids of owners do not show in the list. */
function isUnchanged(
  { context: { existing } }: ResourceTarget,
  { live = UNKNOWN, text, owners, archivedOwners, managers, status }: ObjectToRestore,
): boolean {
  if (owners.length > 0 || !live.hasEqual(text)) return false;
  if (existing !== "skip" && !live.hasOwners(archivedOwners)) return false;
  if (status !== undefined && !live.hasStatus(status.value)) return false;
  return !(live.holdsOurs && belongsToOthers(managers));
}

/**
 * The result for an object whose restore threw an error. A dry run waits for nothing.
 *
 * @throws the error itself where the error concerns all that follows: going on would only count up failures.
 */
export function failureOf(error: unknown, { writer }: { writer: ObjectWriter }): RestoreResult {
  const reason = reasonOfOne(error);
  if (!(error instanceof ApiError) || !writer.stores) return { outcome: "failed", reason };
  return { outcome: "failed", reason, waitsFor: error.waitsFor, denied: error.denied };
}

/**
 * Why nothing could be done with one object alone.
 *
 * @throws as {@link failureOf}.
 */
export function reasonOfOne(error: unknown): string {
  if (error instanceof ApiError && !error.concernsEveryRequest) return error.said;
  if (error instanceof NamespaceTerminatingError) return error.message;
  throw error;
}
