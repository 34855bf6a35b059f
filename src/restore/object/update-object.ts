import { FIELD_MANAGER } from "../../cluster/objects.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { soleManager } from "../field-managers/managed-fields.ts";
import { describeOverwritten, overwrittenFields } from "../field-managers/overwritten-fields.ts";
import { isEqualText, portableCopy } from "../live/live-object.ts";
import type { OwnersAfterUpdate } from "../owners/owners-after-update.ts";
import { noteUnknownFields } from "./create-object.ts";
import { differencesOf } from "./differences.ts";
import { finishObject } from "./finish-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import { fieldList, joinReasons, remainingDifferences } from "./remaining-differences.ts";
import type { ResourceTarget } from "./restore-context.ts";

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
 * @param overwrite with the live object in portable form, and the owner references of the body.
 * @throws {ApiError} with the status 409 or 404 where the object has changed or gone meanwhile, and with the
 * reason Invalid where the object cannot be updated.
 */
export async function updateFromBackup(
  target: ResourceTarget,
  {
    object,
    live,
    wanted,
    body,
    portable,
    owners,
  }: Overwrite & { portable: JsonObject; owners: OwnersAfterUpdate },
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { context, resource } = target;
  const { key, text: archived, managers, status } = object;
  const write = { resource, key, live, body, fieldManager: soleManager(managers) };
  const update = await context.writer.update(write, signal);
  if (update === undefined)
    return { outcome: "updated", reason: describeOverwritten(overwrittenFields(live, body, FIELD_MANAGER)) };
  const { unknownFields, text } = update;
  noteUnknownFields(target, key, unknownFields);
  const answer = parseJson(text) as JsonObject;
  const written = portableCopy(resource, answer);
  const { lost, added } = differencesOf(wanted, written, answer);
  const reason = joinReasons([
    lost.length > 0 ? `the API server holds other values than the backup in ${fieldList(lost)}` : undefined,
    added.length > 0 ? `the API server adds ${fieldList(added)}` : undefined,
    ...remainingDifferences({
      resource,
      text: archived,
      wanted,
      live: answer,
      owners: owners.reason,
      keepFinished: context.keepFinished,
    }),
    describeOverwritten(overwrittenFields(live, answer, FIELD_MANAGER)),
  ]);
  const applied = !isEqualText(portable, JSON.stringify(written)) || owners.changed;
  const failed = !applied && lost.length > 0;
  await finishObject(target, { key, status: failed ? undefined : status }, { text, managers }, signal);
  if (applied) return { outcome: "updated", reason };
  return { outcome: failed ? "failed" : "unchanged", reason };
}
