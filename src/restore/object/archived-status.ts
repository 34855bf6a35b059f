import type { StatusEntry } from "../../archive/lines/parse-lines.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kubernetes/json.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import { apiVersion, type Resource } from "../../kubernetes/resource.ts";
import { classifyStatus } from "../../objects/custom-status.ts";
import { inApiVersion } from "../field-managers/managed-fields.ts";
import type { ObjectToRestore } from "./object-to-restore.ts";

/** Reads a status from a line of an archive, which has been checked. */
export function statusOf({ text }: Pick<StatusEntry, "text">): CustomStatus {
  const { status, managers } = parseJson(text) as { status: unknown; managers?: FieldManager[] };
  return { value: status, managers };
}

/**
 * Takes the status out of an object where `status` was a plain field in the backup and is a subresource here: the
 * API server would drop the field without a word, and the object would never equal the backup's.
 */
export function withStatusApart(
  resource: Pick<Resource, "group" | "version" | "statusVersions">,
  object: ObjectToRestore,
): ObjectToRestore {
  // Every object of a restore passes here, so that the cheap checks come first.
  if (resource.statusVersions?.length === 0 || !object.text.includes('"status":')) return object;
  if (classifyStatus(apiVersion(resource), resource.statusVersions) !== "subresource") return object;
  const parsed = parseJson(object.text);
  if (!isJsonObject(parsed) || parsed["status"] === undefined) return object;
  const { status, ...rest }: JsonObject = parsed;
  return { ...object, text: JSON.stringify(rest), status: { value: status, managers: undefined } };
}

/** The status of an object that is restored in another version, with its field managers as in {@link inApiVersion}. */
export function statusInApiVersion(
  status: CustomStatus | undefined,
  versions: { from: string; to: string },
): CustomStatus | undefined {
  return status && { ...status, managers: inApiVersion(status.managers, versions) };
}
