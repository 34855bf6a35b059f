import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";

/** The keys that identify an object come first. */
const FIRST = ["apiVersion", "kind", "metadata"];

/**
 * Sorts the keys of an object as kubectl does: the identifying keys, then alphabetically. The order depends on the
 * keys alone, so the texts of two states differ only where the states differ.
 */
export function inKeyOrder(object: JsonObject): JsonObject {
  const first = FIRST.filter((key) => Object.hasOwn(object, key));
  const rest = Object.keys(object)
    .filter((key) => !first.includes(key))
    .sort();
  // Not assignments: an assignment to `__proto__` would create no key.
  return Object.fromEntries([...first, ...rest].map((key) => [key, sorted(object[key])]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
