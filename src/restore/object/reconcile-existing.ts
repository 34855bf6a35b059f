import { readObject } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../../kubernetes/metadata.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { isExcluded } from "../../objects/excluded.ts";
import { sleep } from "../../time/sleep.ts";
import { belongsToOthers, holdsOurs } from "../field-managers/managed-fields.ts";
import { isEqualText, leftOutBy, portableCopy } from "../live/live-object.ts";
import { describeDeletion, describeExpectedDeletion, waitUntilGone } from "../live/wait-for-deletion.ts";
import { hasOwners } from "../owners/merge-owner-references.ts";
import { keepControllerFields } from "./controller-fields.ts";
import { createFromBackup } from "./create-object.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import { finishObject } from "./finish-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { ownersOfUpdate } from "./owners-of-update.ts";
import { fieldList, joinReasons, remainingDifferences } from "./remaining-differences.ts";
import { replaceObject } from "./replace-object.ts";
import type { ResourceTarget } from "./restore-context.ts";
import { bodyOver, silentlyKept } from "./update-body.ts";
import { updateFromBackup } from "./update-object.ts";

/** Attempts at an object that others change or delete meanwhile, and the backoff, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 10;
const BACKOFF = 25;

const EXCLUDED_BY_LABEL = "a label of it leaves it out of backups and restores";

/** A write that others were faster than: the object is read again. */
type Conflict = "changed meanwhile" | "replaced meanwhile";

/**
 * Brings an object that exists to what the policy says. Others may change, delete and re-create the object
 * meanwhile: optimistic concurrency binds each write to the state that was read.
 *
 * @param policy the restore's own by default.
 */
export async function reconcileExisting(
  target: ResourceTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
  policy: ExistingPolicy = target.context.existing,
): Promise<RestoreResult> {
  const { client } = target.context;
  let replaced = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await sleep(BACKOFF * attempt, signal);
    const live = await readObject(client, target.resource, object.key, signal);
    const result =
      live === undefined || isBeingDeleted(live)
        ? await createAfterDeletion(target, { object, live }, signal)
        : await reconcileOnce(target, { object, live, policy }, signal);
    if (result === "replaced meanwhile") replaced = true;
    // Another restore, or this one, created the object after this one had deleted it.
    else if (result !== "changed meanwhile")
      return replaced && ["created", "unchanged"].includes(result.outcome) ? { outcome: "replaced" } : result;
  }
  return {
    outcome: "failed",
    reason: `others changed it each of the ${ATTEMPTS} times that it was to be written: restore again`,
  };
}

/** Creates the object once the one that is being deleted is gone. */
async function createAfterDeletion(
  target: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject | undefined },
  signal: AbortSignal,
): Promise<RestoreResult | Conflict> {
  const { client, writer, deletionTimeout } = target.context;
  if (live !== undefined) {
    if (!writer.stores) return { outcome: "created", reason: describeExpectedDeletion(live) };
    const { resource } = target;
    const gone = { resource, key: object.key, uid: metadataOf(live).uid, timeout: deletionTimeout };
    const kept = await waitUntilGone(client, gone, signal);
    if (kept !== undefined) return { outcome: "failed", reason: describeDeletion(kept) };
  }
  return (await createFromBackup(target, object, signal)) ?? "changed meanwhile";
}

async function reconcileOnce(
  target: ResourceTarget,
  { object: given, live, policy }: { object: ObjectToRestore; live: JsonObject; policy: ExistingPolicy },
  signal: AbortSignal,
): Promise<RestoreResult | Conflict> {
  if (isExcluded(live)) return { outcome: "skipped", reason: EXCLUDED_BY_LABEL };
  if (policy === "skip") return await leaveAsIs(target, { object: given, live }, signal);
  const { resource } = target;
  const { kind } = resource;
  const portable = portableCopy(resource, live);
  const { object, left } = withoutChanges(target, { object: given, portable, live });
  const { text } = object;
  const wanted = parseJson(text) as JsonObject;
  keepControllerFields(resourceName(resource), live, wanted);
  const wantedText = JSON.stringify(wanted);
  const owners = await ownersOfUpdate(target, { object, live }, signal);
  if (
    isEqualText(portable, wantedText) &&
    !owners.changed &&
    leftOutBy(resource, live, target.context.keepFinished) === undefined
  ) {
    const stays = remainingDifferences({
      resource,
      text,
      wanted,
      live,
      owners: owners.reason,
      keepFinished: target.context.keepFinished,
    });
    const finished = await finishUnchanged(target, { object, live }, signal);
    const outcome = left === undefined ? "unchanged" : "skipped";
    return { outcome, reason: joinReasons([left, finished, ...stays]) };
  }
  const { references } = owners;
  const body = bodyOver({ kind, live, portable, wanted: parseJson(wantedText) as JsonObject, references });
  const overwrite = { object, live, wanted, body };
  const kept = target.context.writer.asksServer ? silentlyKept(kind, live, wanted) : undefined;
  if (kept !== undefined) return await replaceObject(target, { ...overwrite, refusal: kept, policy }, signal);
  try {
    const result = await updateFromBackup(target, { ...overwrite, portable, owners }, signal);
    return { ...result, reason: joinReasons([left, result.reason]) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 409 || error.status === 404) return "changed meanwhile";
    // An object that can be created and not updated has an immutable field: each kind words that differently.
    if (error.reason !== "Invalid") throw error;
    return await replaceObject(target, { ...overwrite, refusal: error.said, policy }, signal);
  }
}

/** The object as it is to be, where not the backup's state is wanted but that without some changes. */
function withoutChanges(
  { context: { revert }, resource }: ResourceTarget,
  { object, portable, live }: { object: ObjectToRestore; portable: JsonObject; live: JsonObject },
): { object: ObjectToRestore; left: string | undefined } {
  if (revert === undefined) return { object, left: undefined };
  const archived = parseJson(object.text) as JsonObject;
  const { object: wanted, conflicts } = revert({ resource, key: object.key, archived, portable, live });
  const left =
    conflicts.length === 0 ? undefined : `left as others have written it since: ${fieldList(conflicts)}`;
  return { object: { ...object, text: JSON.stringify(wanted) }, left };
}

/** Leaves an object that exists as it is, but for what an interrupted restore before this one had left to do. */
async function leaveAsIs(
  target: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { resource } = target;
  const owned = await finishOwners(target, { object, live }, signal);
  const rule = leftOutBy(resource, live, target.context.keepFinished);
  if (rule !== undefined) return { outcome: "skipped", reason: `backups leave it out by now: ${rule}` };
  if (!isEqualText(portableCopy(resource, live), object.text)) {
    const { creationTimestamp } = metadataOf(live);
    return { outcome: "skipped", reason: owned, createdAt: creationTimestamp };
  }
  const reason = (await finishUnchanged(target, { object, live }, signal)) ?? owned;
  return { outcome: "unchanged", reason };
}

/**
 * Writes the owner references of an object that an interrupted restore before this one had created before its owners.
 *
 * @returns what there is to report of it.
 */
async function finishOwners(
  { context, resource }: ResourceTarget,
  { object: { key, owners }, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!context.writer.stores || !holdsOurs(live) || hasOwners(live, owners)) return undefined;
  const written = await context.ownerReferences.write({ resource, key, owners }, signal);
  return written === undefined ? undefined : "its owner references were written";
}

/**
 * Writes the status of an object that is equal without it, and restores the field managers that an interrupted
 * restore before this one had left to do.
 *
 * @returns what there is to report of it.
 */
async function finishUnchanged(
  target: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<string | undefined> {
  const managers = belongsToOthers(object.managers) && holdsOurs(live) ? object.managers : undefined;
  if (managers === undefined && object.status === undefined) return undefined;
  const written = await finishObject(target, object, { text: JSON.stringify(live), managers }, signal);
  return written ? "its status was written" : undefined;
}
