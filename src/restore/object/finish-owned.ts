import { readObject } from "../../cluster/objects.ts";
import { isBeingDeleted } from "../../kubernetes/metadata.ts";
import { belongsToOthers, holdsOurs } from "../field-managers/managed-fields.ts";
import { hasOwners } from "../owners/merge-owner-references.ts";
import { finishObject } from "./finish-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { reconcileExisting } from "./reconcile-existing.ts";
import { joinReasons } from "./remaining-differences.ts";
import type { ResourceTarget } from "./restore-context.ts";

/**
 * Writes what is left of an object that was created before its owners: the owner references, the status and the
 * field managers.
 *
 * @param before what became of the object then.
 */
export async function finishOwned(
  target: ResourceTarget,
  object: ObjectToRestore,
  before: RestoreResult,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context, resource } = target;
  const { key, owners, managers, status } = object;
  const live = await readObject(context.client, resource, key, signal);
  // Somebody deleted the object meanwhile: with its owners there, it is restored as any other.
  if (live === undefined || isBeingDeleted(live)) return await reconcileExisting(target, object, signal);
  // The owner references of what existed end as the backup has them; to what is new, others may add theirs.
  if (context.existing !== "skip" && (before.outcome === "unchanged" || before.outcome === "updated"))
    return afterOwners(before, await reconcileExisting(target, object, signal));
  const written = hasOwners(live, owners)
    ? undefined
    : await context.ownerReferences.write({ resource, key, owners }, signal);
  const fields = belongsToOthers(managers) && holdsOurs(live) ? managers : undefined;
  await finishObject(
    target,
    { key, status },
    { text: written ?? JSON.stringify(live), managers: fields },
    signal,
  );
  return written !== undefined && before.outcome === "unchanged"
    ? { ...before, outcome: "updated", reason: "its owner references were written" }
    : before;
}

/** The result of an object that existed, after its owner references were looked at. */
function afterOwners(before: RestoreResult, result: RestoreResult): RestoreResult {
  if (result.outcome === "failed") return result;
  const { outcome } = result.outcome === "unchanged" ? before : result;
  return { outcome, reason: joinReasons([before.reason, result.reason]) };
}
