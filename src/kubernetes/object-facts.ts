/** The facts of an object that the tables of rules use. */

import { isJsonObject, type JsonObject } from "./json.ts";
import { parseApiVersion } from "./resource.ts";

/** An object as the rules see it. */
export interface Candidate {
  kind: string;
  namespace: string | undefined;
  name: string;
  object: JsonObject;
  /** Whether a status of the object does not come back with the object: it is derived, or a subresource. */
  statusIsApart?: boolean;
}

/** The API group of an object, empty for the core group. */
export function groupOf(object: JsonObject): string {
  const version = object["apiVersion"];
  return typeof version === "string" ? parseApiVersion(version).group : "";
}

/**
 * Whether an object is of this group and kind. The kind alone is not enough: Knative has Services too.
 */
export function isOf(
  { kind, object }: Pick<Candidate, "kind" | "object">,
  group: string,
  of: string,
): boolean {
  return kind === of && groupOf(object) === group;
}

/** A member that is an object, or an empty object. */
export function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** The value of a label. */
export function label(object: JsonObject, name: string): unknown {
  return member(member(object, "metadata"), "labels")[name];
}

/** The value of an annotation. */
export function annotation(object: JsonObject, name: string): unknown {
  return member(member(object, "metadata"), "annotations")[name];
}

/** The items of a member that is a list of objects. */
export function items(object: JsonObject, name: string): JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Whether a condition of the status is true. */
export function hasCondition(object: JsonObject, types: readonly string[]): boolean {
  return items(member(object, "status"), "conditions").some(
    ({ type, status }) => types.includes(String(type)) && status === "True",
  );
}
