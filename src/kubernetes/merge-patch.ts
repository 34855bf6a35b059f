import { cloneJson, isJsonObject, type JsonObject, jsonEqual } from "./json.ts";

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

/**
 * Applies a JSON merge patch (RFC 7386, section 2) to an object, in place. Nothing of the patch is shared with the object
 * afterwards.
 */
export function applyMergePatch(object: JsonObject, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete object[name];
    else if (isJsonObject(value)) {
      const before = Object.hasOwn(object, name) ? object[name] : undefined;
      const into = isJsonObject(before) ? before : {};
      applyMergePatch(into, value);
      setMember(object, name, into);
    } else setMember(object, name, cloneJson(value));
  }
}

/** Sets a member of its own, whatever its name is: an assignment to `__proto__` would set the prototype. */
function setMember(object: JsonObject, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
