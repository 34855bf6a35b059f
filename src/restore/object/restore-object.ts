import { ApiError } from "../../cluster/requests/api-error.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { belongsToOthers } from "../field-managers/field-managers.ts";
import { NamespaceTerminatingError } from "../live/create-namespace.ts";
import type { RestoreReport } from "../report/report.ts";
import { createIt } from "./create-object.ts";
import { settleExistingOrMade } from "./default-service-account.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./target.ts";

/**
 * Brings an object back: creates it or, where there is one, does with it what the policy says.
 *
 * @throws what concerns more than this object: a broken connection, refused credentials.
 */
export async function restoreObject(
  target: RestoreTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<Settled> {
  return await settle(target, object, signal).catch((error) => failureOf(error, target));
}

/** Puts into the report what became of an object. */
export function countObject(
  report: RestoreReport,
  {
    resource,
    key,
    settled: { outcome, reason },
  }: { resource: Pick<Resource, "group" | "resource" | "kind">; key: ObjectKey; settled: Settled },
): void {
  const item = { resource: resourceName(resource), kind: resource.kind, ...key };
  report.count({ ...item, outcome, ...(reason === undefined ? {} : { reason }) });
}

async function settle(target: RestoreTarget, object: ObjectToRestore, signal: AbortSignal): Promise<Settled> {
  const { live, dryRun, namespaces } = target;
  const { key, text, owners, managers, status, exists = live.has(object.key) } = object;
  // What the list shows needs no further look; owners do not show in it.
  const isOthers = live.holdsOurs(key) && belongsToOthers(managers);
  const hasStatus = status === undefined || live.hasStatus(key, status.value);
  if (exists && owners.length === 0 && live.hasEqual(key, text) && hasStatus && !isOthers)
    return { outcome: "unchanged" };
  if (dryRun !== undefined && key.namespace !== undefined && !namespaces.has(key.namespace)) {
    return dryRun === "client"
      ? { outcome: "created" }
      : { outcome: "created", reason: "not asked: the namespace does not exist yet" };
  }
  const created = exists ? undefined : await createIt(target, object, signal);
  if (created !== undefined) return created;
  return await settleExistingOrMade(target, object, signal);
}

/**
 * What an error makes of the one object that it is about. In a dry run nothing is waited for.
 *
 * @throws the error itself where it concerns what follows as well: going on would only count up failures.
 */
export function failureOf(error: unknown, { dryRun }: Pick<RestoreTarget, "dryRun">): Settled {
  const reason = reasonOfOne(error);
  const waitsFor = error instanceof ApiError && dryRun === undefined ? error.waitsFor : undefined;
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
