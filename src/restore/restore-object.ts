import { ApiError } from "../cluster/api-error.ts";
import { resourceName } from "../cluster/resource.ts";
import { createIt } from "./create-object.ts";
import { settleExisting } from "./existing-object.ts";
import { NamespaceTerminatingError } from "./namespaces.ts";
import type { Outcome } from "./report.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./restore-target.ts";

/**
 * Brings an object back: creates it or, where there is one, does with it what the policy says. Counts
 * it in the report, and returns what became of it.
 *
 * @throws what concerns more than this object: a broken connection, refused credentials.
 */
export async function restoreObject(
  target: RestoreTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<Outcome> {
  const { resource, report } = target;
  const { outcome, reason } = await settle(target, object, signal).catch(
    (error): Settled => ({ outcome: "failed", reason: reasonOfOne(error) }),
  );
  const item = { resource: resourceName(resource), kind: resource.kind, ...object.key };
  report.count({ ...item, outcome, ...(reason === undefined ? {} : { reason }) });
  return outcome;
}

async function settle(target: RestoreTarget, object: ObjectToRestore, signal: AbortSignal): Promise<Settled> {
  const { live, dryRun, namespaces } = target;
  const { key, text, owners, exists = live.has(object.key) } = object;
  // What the list shows needs no further look; owners do not show in it.
  if (exists && owners.length === 0 && live.hasEqual(key, text)) return { outcome: "unchanged" };
  if (dryRun !== undefined && key.namespace !== undefined && !namespaces.has(key.namespace)) {
    return dryRun === "client"
      ? { outcome: "created" }
      : { outcome: "created", reason: "not asked: the namespace does not exist yet" };
  }
  if (!exists && (await createIt(target, object, signal))) return { outcome: "created" };
  return await settleExisting(target, object, signal);
}

/**
 * Why one object alone could not be brought back.
 *
 * @throws the error itself where it concerns what follows as well: going on would only count up failures.
 */
export function reasonOfOne(error: unknown): string {
  if (error instanceof ApiError && error.status !== 401) return error.said;
  if (error instanceof NamespaceTerminatingError) return error.message;
  throw error;
}
