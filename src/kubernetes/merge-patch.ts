import { isJsonObject, type JsonObject, jsonEqual } from "./json.ts";

/**
 * The JSON merge patch (RFC 7386) that turns an object into another one: lists are replaced as a whole, and null removes
 * a member. A member that is null itself cannot be told from one that is absent.
 */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (jsonEqual(before, value)) continue;
    patch[name] = isJsonObject(before) && isJsonObject(value) ? mergePatch(before, value) : value;
  }
  return patch;
}
