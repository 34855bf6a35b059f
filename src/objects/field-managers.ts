import type { FieldManager } from "../kubernetes/field-manager.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { withoutUids } from "./owner-fields.ts";

/**
 * The field managers of an object, those of its status left out: the status is left out too. Owner
 * references among their fields are named without uids. Undefined where the API server has kept no record.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function fieldManagersOf(object: JsonObject): FieldManager[] | undefined {
  const managed = items(member(object, "metadata"), "managedFields");
  if (managed.length === 0) return undefined;
  return entriesOf(
    managed.filter(({ subresource }) => subresource !== "status"),
    object,
  );
}

/** The field managers of an object's status; undefined where the API server has kept no record of any. */
export function statusManagersOf(object: JsonObject): FieldManager[] | undefined {
  const managed = items(member(object, "metadata"), "managedFields");
  const own = managed.filter(({ subresource }) => subresource === "status");
  return own.length === 0
    ? undefined
    : entriesOf(own, object).map(({ subresource: _, ...manager }) => manager);
}

function entriesOf(managed: readonly JsonObject[], object: JsonObject): FieldManager[] {
  return managed.map(({ manager, operation, apiVersion, time, fieldsV1, subresource }) => ({
    manager: String(manager),
    operation: String(operation),
    ...(typeof apiVersion === "string" ? { apiVersion } : {}),
    ...(typeof time === "string" ? { time } : {}),
    ...(fieldsV1 === undefined ? {} : { fieldsV1: withoutUids(fieldsV1, object) }),
    ...(typeof subresource === "string" ? { subresource } : {}),
  }));
}
