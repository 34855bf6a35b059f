import { memberPath } from "../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { difference } from "./field-difference.ts";
import { type CompareItems, compareLists } from "./list-changes.ts";
import type { Place } from "./place.ts";

/** Maps of texts that people think of as single entries, also where one side has no such map at all. */
const MAPS_OF_ENTRIES: ReadonlySet<string> = new Set([
  "annotations",
  "binaryData",
  "data",
  "labels",
  "matchLabels",
  "nodeSelector",
  "selector",
]);

/**
 * The fields in which two objects differ, from left to right: the deepest that differ, none where the
 * objects are equal. The order of keys does not matter; numbers are compared as they are written.
 */
export function changesOf(left: unknown, right: unknown): FieldDifference[] {
  const found: FieldDifference[] = [];
  compareValues({ path: "", field: "" }, left, right, found);
  return found;
}

/** Compares two values, `undefined` standing for none, and adds what differs to `found`. */
function compareValues(place: Place, left: unknown, right: unknown, found: FieldDifference[]): void {
  if (jsonEqual(left, right)) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    const compare: CompareItems = (item, before, after) => compareValues(item, before, after, found);
    compareLists(place, { left, right }, { found, compare });
    return;
  }
  const before = left ?? emptyBeside(place, right);
  const after = right ?? emptyBeside(place, left);
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(place, before, after, found);
  else found.push(difference(place.path, left, right));
}

/** An empty map in place of the missing one, where the other side's entries are thought of one by one. */
function emptyBeside({ field }: Place, other: unknown): JsonObject | undefined {
  return MAPS_OF_ENTRIES.has(field) && isMapOfEntries(other) ? {} : undefined;
}

function compareObjects(
  { path }: Place,
  left: JsonObject,
  right: JsonObject,
  found: FieldDifference[],
): void {
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const [before, after] = [member(left, key), member(right, key)];
    // Kubernetes before 1.34 wrote it into every Pod template; those after it leave it out.
    if (key === "creationTimestamp" && (before ?? null) === null && (after ?? null) === null) continue;
    compareValues({ path: memberPath(path, key), field: key }, before, after, found);
  }
}

/** A member of the object's own: a key may be `constructor` or `__proto__`. */
function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isMapOfEntries(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const values = Object.values(value);
  return values.length > 0 && values.every((each) => typeof each === "string");
}
