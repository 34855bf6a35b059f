/**
 * Secrets in a comparison: that a value differs, and under which key, is told; of the value nothing, not
 * even its length. What may be shown is listed, so that a field nobody thought of is hidden.
 */

import { memberPath } from "../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { changesOf } from "./field-changes.ts";

/** What stands in place of a Secret's value. */
export const MASK = "***";

const SHOWN_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "type", "immutable"]);
/** Annotations are not among them: `kubectl apply` keeps the values in one, and others do as they like. */
const SHOWN_METADATA: ReadonlySet<string> = new Set([
  "name",
  "generateName",
  "namespace",
  "labels",
  "finalizers",
  "ownerReferences",
]);

/** Whether objects of this kind hold values that nobody may see. */
export function isSecret(kind: string): boolean {
  return kind === "Secret";
}

/** The fields in which two Secrets differ, values masked. */
export function secretChangesOf(left: JsonObject, right: JsonObject): FieldDifference[] {
  const hidden = { left: hiddenFields(left), right: hiddenFields(right) };
  const masked = [...new Set([...hidden.left.keys(), ...hidden.right.keys()])]
    .filter((path) => !jsonEqual(hidden.left.get(path), hidden.right.get(path)))
    .map(
      (path): FieldDifference => ({
        path,
        ...(hidden.left.has(path) ? { left: MASK } : {}),
        ...(hidden.right.has(path) ? { right: MASK } : {}),
        masked: true,
      }),
    );
  return [...changesOf(shownPart(left), shownPart(right)), ...masked];
}

/** The Secret with `***` in place of all values; keys stay. */
export function maskSecret(secret: JsonObject): JsonObject {
  return mapMembers(secret, (key, value) => {
    if (SHOWN_FIELDS.has(key)) return value;
    if (key !== "metadata" || !isJsonObject(value)) return maskValues(value);
    return mapMembers(value, (name, each) => (SHOWN_METADATA.has(name) ? each : maskValues(each)));
  });
}

/** A map keeps its keys; everything else is one value. */
function maskValues(value: unknown): unknown {
  return isJsonObject(value) ? mapMembers(value, () => MASK) : MASK;
}

/** What may be shown of a Secret. */
function shownPart(secret: JsonObject): JsonObject {
  return mapMembers(
    pick(secret, (key) => SHOWN_FIELDS.has(key) || key === "metadata"),
    (key, value) =>
      key === "metadata" && isJsonObject(value) ? pick(value, (name) => SHOWN_METADATA.has(name)) : value,
  );
}

/** What may not be shown, by path: the entries of maps one by one. */
function hiddenFields(secret: JsonObject): Map<string, unknown> {
  const metadata = isJsonObject(secret["metadata"]) ? secret["metadata"] : {};
  const fields = [
    ...Object.entries(secret).filter(([key]) => !SHOWN_FIELDS.has(key) && key !== "metadata"),
    ...Object.entries(pick(metadata, (key) => !SHOWN_METADATA.has(key))).map(
      ([key, value]) => [memberPath("metadata", key), value] as const,
    ),
  ];
  return new Map(
    fields.flatMap(([path, value]) =>
      isJsonObject(value)
        ? Object.entries(value).map(([key, each]) => [memberPath(path, key), each] as const)
        : [[path, value] as const],
    ),
  );
}

function pick(object: JsonObject, wanted: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => wanted(key)));
}

/** Not by assignment: a key may be `__proto__`. */
function mapMembers(object: JsonObject, map: (key: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}
