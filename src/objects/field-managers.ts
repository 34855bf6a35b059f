import type { FieldManager } from "../kubernetes/field-manager.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { withoutUids } from "./owner-fields.ts";

/**
 * The field managers of an object, without those of the status, which is not part of the object's text. Owner
 * references among the managed fields have no uids. Undefined where the object has no managed fields.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function fieldManagersOf(object: JsonObject): FieldManager[] | undefined {
  const managed = items(member(object, "metadata"), "managedFields");
  if (managed.length === 0) return undefined;
  return archivedManagers(
    managed.filter(({ subresource }) => subresource !== "status"),
    object,
  );
}

/** The field managers of an object's status. Undefined where the status has no managed fields. */
export function statusManagersOf(object: JsonObject): FieldManager[] | undefined {
  const managed = items(member(object, "metadata"), "managedFields");
  const ofStatus = managed.filter(({ subresource }) => subresource === "status");
  return ofStatus.length === 0
    ? undefined
    : archivedManagers(ofStatus, object).map(({ subresource: _, ...manager }) => manager);
}

function archivedManagers(managed: readonly JsonObject[], object: JsonObject): FieldManager[] {
  return managed.map(({ manager, operation, apiVersion, time, fieldsV1, subresource }) => ({
    manager: String(manager),
    operation: String(operation),
    ...(typeof apiVersion === "string" ? { apiVersion } : {}),
    ...(typeof time === "string" ? { time } : {}),
    ...(fieldsV1 === undefined ? {} : { fieldsV1: withoutUids(fieldsV1, object) }),
    ...(typeof subresource === "string" ? { subresource } : {}),
  }));
}
