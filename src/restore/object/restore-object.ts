import { ApiError } from "../../cluster/requests/api-error.ts";
import { belongsToOthers } from "../field-managers/managed-fields.ts";
import { NamespaceTerminatingError } from "../live/create-namespace.ts";
import type { ObjectWriter } from "./cluster-writer.ts";
import { createFromBackup } from "./create-object.ts";
import { isDefaultServiceAccount, restoreDefaultServiceAccount } from "./default-service-account.ts";
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
  return await restore(target, object, signal).catch((error) => failureOf(error, target.context));
}

async function restore(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context, resource, live } = target;
  const { key, exists = live.has(object.key) } = object;
  if (key.namespace !== undefined && context.excludedNamespaces.has(key.namespace))
    return { outcome: "skipped", reason: IN_EXCLUDED_NAMESPACE };
  if (exists && isUnchanged(target, object)) return { outcome: "unchanged" };
  if (key.namespace !== undefined && !context.namespacesBefore.has(key.namespace)) {
    const assumed = context.writer.assumeCreated("the namespace does not exist yet");
    if (assumed !== undefined) return assumed;
  }
  const created = exists ? undefined : await createFromBackup(target, object, signal);
  if (created !== undefined) return created;
  return isDefaultServiceAccount(resource, key)
    ? await restoreDefaultServiceAccount(target, object, signal)
    : await reconcileExisting(target, object, signal);
}

/** Whether the list that was read before shows the object as the backup has it. Owner references do not show in the list. */
function isUnchanged(
  { live }: ResourceTarget,
  { key, text, owners, managers, status }: ObjectToRestore,
): boolean {
  if (owners.length > 0 || !live.hasEqual(key, text)) return false;
  if (status !== undefined && !live.hasStatus(key, status.value)) return false;
  return !(live.holdsOurs(key) && belongsToOthers(managers));
}

/**
 * The result for an object whose restore threw an error. A dry run waits for nothing.
 *
 * @throws the error itself where the error concerns all that follows: going on would only count up failures.
 */
export function failureOf(error: unknown, { writer }: { writer: ObjectWriter }): RestoreResult {
  const reason = reasonOfOne(error);
  const waitsFor = error instanceof ApiError && writer.stores ? error.waitsFor : undefined;
  return { outcome: "failed", reason, waitsFor };
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
