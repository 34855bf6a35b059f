import { FIELD_MANAGER } from "../../cluster/objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { someNames } from "../../words/some-names.ts";
import { soleManager } from "../field-managers/managed-fields.ts";
import { describeOverwritten, overwrittenFields } from "../field-managers/overwritten-fields.ts";
import { isEqualText, portableCopy } from "../live/live-objects.ts";
import { hasOwners } from "../owners/merge-owner-references.ts";
import { noteUnknownFields } from "./create-object.ts";
import { differencesOf } from "./differences.ts";
import { finishObject } from "./finish-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";

/** How many differing fields a reason names. */
const FIELDS_NAMED = 5;

/** A live object that is to be overwritten. */
export interface Overwrite {
  object: ObjectToRestore;
  /** The object as it is in the cluster, whole. */
  live: JsonObject;
  /** The backup's object, with the live values of what its controller writes by itself. */
  wanted: JsonObject;
  /** What an update sends. */
  body: JsonObject;
}

/**
 * Updates an object to what the backup has, and looks at what the API server made of it.
 *
 * @param overwrite with the live object in portable form.
 * @throws {ApiError} with the status 409 or 404 where the object has changed or gone meanwhile, and with the
 * reason Invalid where the object cannot be updated.
 */
export async function updateFromBackup(
  target: ResourceTarget,
  { object, live, wanted, body, portable }: Overwrite & { portable: JsonObject },
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context, resource } = target;
  const { key, managers, status } = object;
  const write = { resource, key, live, body, fieldManager: soleManager(managers) };
  const update = await context.writer.update(write, signal);
  if (update === undefined)
    return { outcome: "updated", reason: describeOverwritten(overwrittenFields(live, body, FIELD_MANAGER)) };
  const { unknownFields, text } = update;
  noteUnknownFields(target, key, unknownFields);
  const answer = parseJson(text) as JsonObject;
  const written = portableCopy(resource, answer);
  const { lost, added } = differencesOf(wanted, written, answer);
  const reasons = [
    lost.length > 0 ? `the API server holds other values than the backup in ${fieldList(lost)}` : undefined,
    added.length > 0 ? `the API server adds ${fieldList(added)}` : undefined,
    describeOverwritten(overwrittenFields(live, answer, FIELD_MANAGER)),
  ].filter((reason) => reason !== undefined);
  const reason = reasons.length > 0 ? reasons.join("; ") : undefined;
  const applied = !isEqualText(portable, JSON.stringify(written)) || !hasOwners(live, object.owners);
  const failed = !applied && lost.length > 0;
  await finishObject(target, { key, status: failed ? undefined : status }, { text, managers }, signal);
  if (applied) return { outcome: "updated", reason };
  return { outcome: failed ? "failed" : "unchanged", reason };
}

function fieldList(paths: readonly string[]): string {
  return someNames(paths, FIELDS_NAMED);
}
