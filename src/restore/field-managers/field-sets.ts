import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";

/**
 * Sets of fields in the FieldsV1 format: `{"f:data":{".":{},"f:color":{}}}` holds `data` and `data.color`. `{}` stands
 * for a field of the set. A field with others below it is in the set itself only where `.` is among them.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type FieldSet = JsonObject;

/** The fields that are in either set. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  const both: FieldSet = { ...left };
  for (const [step, below] of Object.entries(right)) {
    const there = both[step];
    both[step] = isJsonObject(there) && isJsonObject(below) ? uniteBelow(there, below) : below;
  }
  return both;
}

/** The fields of the first set that are not in the second. */
export function difference(set: FieldSet, other: FieldSet): FieldSet {
  const rest: FieldSet = {};
  for (const [step, below] of Object.entries(set)) {
    if (step === "." || !isJsonObject(below)) continue;
    const taken = other[step];
    const left = isJsonObject(taken) ? differenceBelow(below, taken) : below;
    if (left !== undefined) rest[step] = left;
  }
  return rest;
}

/** Whether a set holds no field. */
export function isEmpty(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

function uniteBelow(left: FieldSet, right: FieldSet): FieldSet {
  const both = union(left, right);
  const itself = holdsItself(left) || holdsItself(right);
  return itself && !isEmpty(both) ? { ".": {}, ...both } : both;
}

function differenceBelow(set: FieldSet, other: FieldSet): FieldSet | undefined {
  const rest = difference(set, other);
  if (holdsItself(set) && !holdsItself(other)) return isEmpty(rest) ? {} : { ".": {}, ...rest };
  return isEmpty(rest) ? undefined : rest;
}

function holdsItself(set: FieldSet): boolean {
  return isEmpty(set) || set["."] !== undefined;
}
