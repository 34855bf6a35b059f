import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";

/** What an object is comes first, wherever the alphabet has it. */
const FIRST = ["apiVersion", "kind", "metadata"];

/**
 * The object with its keys in an order that depends on nothing but them: what it is, then by the
 * alphabet, as kubectl has them. Two states of an object differ in text only where they differ.
 */
export function inKeyOrder(object: JsonObject): JsonObject {
  const first = FIRST.filter((key) => Object.hasOwn(object, key));
  const rest = Object.keys(object)
    .filter((key) => !first.includes(key))
    .sort();
  // Entries: a key called __proto__ would be no key in an assignment.
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
