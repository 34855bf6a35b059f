import { memberPath } from "../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { EditBudget } from "./edit-budget.ts";
import { difference } from "./field-difference.ts";
import type { FieldPosition } from "./field-position.ts";
import { type CompareItems, compareLists } from "./list-changes.ts";

/** Maps of strings that are compared by entry, even where one side lacks the map. */
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
 * The deepest fields in which two objects differ, from left to right. The order of keys does not matter.
 * Numbers are compared in their notation.
 */
export function changesOf(left: unknown, right: unknown): FieldDifference[] {
  const found: Found = { differences: [], budget: new EditBudget() };
  compareValues({ path: "", field: "" }, left, right, found);
  return found.differences;
}

/** The differences so far, and what more may be spent to find the next. */
interface Found {
  differences: FieldDifference[];
  budget: EditBudget;
}

/** Compares two values, `undefined` where a side lacks the value, and adds the differences to those found. */
function compareValues(position: FieldPosition, left: unknown, right: unknown, found: Found): void {
  if (jsonEqual(left, right)) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    const compare: CompareItems = (item, before, after) => compareValues(item, before, after, found);
    compareLists(position, { left, right }, { ...found, compare });
    return;
  }
  const before = left ?? emptyMapBeside(position, right);
  const after = right ?? emptyMapBeside(position, left);
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(position, before, after, found);
  else found.differences.push(difference(position.path, left, right));
}

/** An empty map in place of a missing map, where the other side is a map that is compared by entry. */
function emptyMapBeside({ field }: FieldPosition, other: unknown): JsonObject | undefined {
  return MAPS_OF_ENTRIES.has(field) && isMapOfEntries(other) ? {} : undefined;
}

function compareObjects({ path }: FieldPosition, left: JsonObject, right: JsonObject, found: Found): void {
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const [before, after] = [member(left, key), member(right, key)];
    // Kubernetes before 1.34 wrote creationTimestamp into every Pod template; later versions omit it.
    if (key === "creationTimestamp" && (before ?? null) === null && (after ?? null) === null) continue;
    compareValues({ path: memberPath(path, key), field: key }, before, after, found);
  }
}

/** An own member of the object: a key may be `constructor` or `__proto__`. */
function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isMapOfEntries(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const values = Object.values(value);
  return values.length > 0 && values.every((each) => typeof each === "string");
}
