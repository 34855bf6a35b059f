/**
 * Secrets in a comparison: the output tells the keys of differing values, and nothing of the values, not even
 * their length. An allow-list names the fields that may be shown, so that unknown fields are hidden.
 */

import { memberPath } from "../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { changesOf } from "./field-changes.ts";

/** The replacement for the value of a Secret. */
export const MASK = "***";

const SHOWN_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "type", "immutable"]);
/** Without annotations: `kubectl apply` stores the values in an annotation, and so may other tools. */
const SHOWN_METADATA: ReadonlySet<string> = new Set([
  "name",
  "generateName",
  "namespace",
  "labels",
  "finalizers",
  "ownerReferences",
]);

/** The fields in which two Secrets differ, with masked values. */
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

/** Replaces all values of a Secret with `***`. Keys stay. */
export function maskSecret(secret: JsonObject): JsonObject {
  return mapMembers(secret, (key, value) => {
    if (SHOWN_FIELDS.has(key)) return value;
    if (key !== "metadata" || !isJsonObject(value)) return maskValues(value);
    return mapMembers(value, (name, each) => (SHOWN_METADATA.has(name) ? each : maskValues(each)));
  });
}

/** Masks the values of a map and keeps its keys. Any other value is masked as a whole. */
function maskValues(value: unknown): unknown {
  return isJsonObject(value) ? mapMembers(value, () => MASK) : MASK;
}

/** The fields of a Secret that may be shown. */
function shownPart(secret: JsonObject): JsonObject {
  return mapMembers(
    pick(secret, (key) => SHOWN_FIELDS.has(key) || key === "metadata"),
    (key, value) =>
      key === "metadata" && isJsonObject(value) ? pick(value, (name) => SHOWN_METADATA.has(name)) : value,
  );
}

/** The fields of a Secret that may not be shown, by path. Maps are split into their entries. */
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

/** Maps the members of an object. Assignment would fail for the key `__proto__`. */
function mapMembers(object: JsonObject, map: (key: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}
