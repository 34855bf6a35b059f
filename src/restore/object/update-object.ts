import { FIELD_MANAGER, readObject, updateObject } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { isBeingDeleted, metadataOf } from "../../kubernetes/metadata.ts";
import { sleep } from "../../time/sleep.ts";
import { someNames } from "../../words/some-names.ts";
import { belongsToOthers, holdsOurs, soleManager } from "../field-managers/field-managers.ts";
import { describeOverwritten, overwrittenFields } from "../field-managers/overwritten-fields.ts";
import { isEqualText, portableCopy } from "../live/live-objects.ts";
import { describeDeletion, waitUntilGone } from "../live/wait-for-deletion.ts";
import { hasOwners } from "../owners/merge-owner-references.ts";
import { keepControllerFields } from "./controller-fields.ts";
import { createIt, noteUnknownFields } from "./create-object.ts";
import { differencesOf } from "./differences.ts";
import { finishObject } from "./finish-object.ts";
import { type Encounter, replaceObject } from "./replace-object.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./target.ts";
import { bodyOver, silentlyKept } from "./update-body.ts";

/** How often an object is looked at again that others change or delete meanwhile, and the pause, which grows by itself each time, in milliseconds. */
const ATTEMPTS = 10;
const PAUSE = 25;

/** How many differing fields a reason names. */
const FIELDS_NAMED = 5;

/**
 * Does with an object that is there what the policy says. Others may change it, delete it and make it
 * again meanwhile: whatever is written is written over the very state that was looked at.
 */
export async function settleExisting(
  target: RestoreTarget,
  object: ObjectToRestore,
  signal: AbortSignal,
): Promise<Settled> {
  let replaced = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await sleep(PAUSE * attempt, signal);
    const live = await readObject(target.client, target.resource, object.key, signal);
    const settled =
      live === undefined || isBeingDeleted(live)
        ? await createAfter(target, { object, live }, signal)
        : await settleOnce(target, { object, live }, signal);
    if (settled === "replaced meanwhile") replaced = true;
    // Made again by another restore, or by us, after we had deleted it.
    else if (settled !== "changed meanwhile")
      return replaced && ["created", "unchanged"].includes(settled.outcome)
        ? { outcome: "replaced" }
        : settled;
  }
  return {
    outcome: "failed",
    reason: `others changed it each of the ${ATTEMPTS} times that it was to be written: restore again`,
  };
}

/** Creates the object, once the one that is being deleted is gone. */
async function createAfter(
  target: RestoreTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject | undefined },
  signal: AbortSignal,
): Promise<Settled | "changed meanwhile"> {
  const { client, resource, dryRun } = target;
  if (live !== undefined) {
    if (dryRun !== undefined)
      return { outcome: "created", reason: "once the one is gone that is being deleted" };
    const { uid } = metadataOf(live);
    const gone = { resource, key: object.key, uid, limit: target.deletionLimit };
    const kept = await waitUntilGone(client, gone, signal);
    if (kept !== undefined) return { outcome: "failed", reason: describeDeletion(kept) };
  }
  return (await createIt(target, object, signal)) ?? "changed meanwhile";
}

async function settleOnce(
  target: RestoreTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<Settled | "changed meanwhile" | "replaced meanwhile"> {
  const { kind } = target.resource;
  const { text, owners } = object;
  const portable = portableCopy(target.resource, live);
  if (target.existing === "skip") {
    if (!isEqualText(portable, text)) return { outcome: "skipped" };
    return { outcome: "unchanged", reason: await finishUnchanged(target, { object, live }, signal) };
  }
  const wanted = parseJson(text) as JsonObject;
  keepControllerFields(kind, live, wanted);
  const wantedText = JSON.stringify(wanted);
  if (isEqualText(portable, wantedText) && hasOwners(live, owners)) {
    const reason = await finishUnchanged(target, { object, live }, signal);
    return isEqualText(portable, text)
      ? { outcome: "unchanged", reason }
      : { outcome: "unchanged", reason: reason ?? "but for what its controller writes by itself" };
  }
  const body = bodyOver({ kind, live, portable, wanted: parseJson(wantedText) as JsonObject, owners });
  const encounter = { live, wanted, body };
  if (target.dryRun === "client") {
    return { outcome: "updated", reason: describeOverwritten(overwrittenFields(live, body, FIELD_MANAGER)) };
  }
  const kept = silentlyKept(kind, live, wanted);
  if (kept !== undefined) return await replaceObject(target, { object, ...encounter, refusal: kept }, signal);
  try {
    return await update(target, { object, ...encounter, portable }, signal);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 409 || error.status === 404) return "changed meanwhile";
    // What can be created and not be written over has a field that is immutable: which, each kind words differently.
    if (error.reason !== "Invalid") throw error;
    return await replaceObject(target, { object, ...encounter, refusal: error.said }, signal);
  }
}

/** Writes the body over the object, and looks at what the API server made of it. */
async function update(
  target: RestoreTarget,
  { object, live, wanted, body, portable }: Encounter & { object: ObjectToRestore; portable: JsonObject },
  signal: AbortSignal,
): Promise<Settled> {
  const { client, resource, report, dryRun, retryInternalErrors } = target;
  const { key, managers, status } = object;
  const fieldManager = soleManager(managers);
  const write = {
    resource,
    key,
    body: JSON.stringify(body),
    fieldManager,
    retryInternalErrors,
    dryRun: dryRun === "server",
  };
  const { unknownFields, text } = await updateObject(client, write, signal);
  noteUnknownFields({ resource, report }, key, unknownFields);
  const answer = parseJson(text) as JsonObject;
  const written = portableCopy(resource, answer);
  const { lost, added } = differencesOf(wanted, written, answer);
  const overwritten = describeOverwritten(overwrittenFields(live, answer, FIELD_MANAGER));
  const reasons = [
    lost.length > 0 ? `the API server holds other values than the backup in ${fieldList(lost)}` : undefined,
    added.length > 0 ? `the API server adds ${fieldList(added)}` : undefined,
    overwritten,
  ].filter((reason) => reason !== undefined);
  const reason = reasons.length > 0 ? reasons.join("; ") : undefined;
  const applied = !isEqualText(portable, JSON.stringify(written)) || !hasOwners(live, object.owners);
  const failed = !applied && lost.length > 0;
  await finishObject(target, { key, status: failed ? undefined : status }, { text, managers }, signal);
  if (applied) return { outcome: "updated", reason };
  return { outcome: failed ? "failed" : "unchanged", reason };
}

/**
 * Writes the status of an object that is equal without it, and hands back what a restore before this one
 * created and, since it was killed, did not.
 *
 * @returns what there is to say of it.
 */
async function finishUnchanged(
  target: RestoreTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<string | undefined> {
  const managers = belongsToOthers(object.managers) && holdsOurs(live) ? object.managers : undefined;
  if (managers === undefined && object.status === undefined) return undefined;
  const written = await finishObject(target, object, { text: JSON.stringify(live), managers }, signal);
  return written ? "its status was written" : undefined;
}

function fieldList(paths: readonly string[]): string {
  return someNames(paths, FIELDS_NAMED);
}
