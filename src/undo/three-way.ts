import { type ItemKeys, keysOfItems, keysText } from "../compare/list-keys.ts";
import { itemPath, memberPath } from "../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";

/** Three states of an object, or of a part of one; undefined where there was, or is, none. */
export interface ThreeStates {
  /** As it was before the changes. */
  base: unknown;
  /** As the changes left it. */
  last: unknown;
  /** As it is. */
  live: unknown;
}

/** The live state without the changes. */
export interface Reverted {
  value: unknown;
  /** The paths of fields that others have written since: they stay. */
  conflicts: string[];
}

/**
 * Reverts changes field by field. A field that the changes wrote goes back where it still has the value that they left; where
 * others have written it since, it stays, and is a conflict. What the changes did not write stays, whatever it is.
 *
 * @param contested paths of fields that several have written among the changes: the last one's value stays.
 */
export function revert(states: ThreeStates, contested: readonly string[] = []): Reverted {
  const found: Found = { conflicts: [], contested };
  return { value: merge({ path: "", field: "" }, states, found), conflicts: found.conflicts };
}

interface Found {
  conflicts: string[];
  contested: readonly string[];
}

interface Position {
  path: string;
  /** The name of the field. */
  field: string;
}

function merge(position: Position, { base, last, live }: ThreeStates, found: Found): unknown {
  if (jsonEqual(base, last) || jsonEqual(live, base)) return live;
  const isContested = found.contested.includes(position.path);
  if (jsonEqual(live, last) && !isContested && !found.contested.some((path) => isWithin(path, position.path)))
    return base;
  if (!isContested && isObjectOrNone(base) && isObjectOrNone(last) && isJsonObject(live))
    return mergeObjects(position, { base, last, live }, found);
  if (!isContested && Array.isArray(base) && Array.isArray(last) && Array.isArray(live)) {
    const merged = mergeLists(position, { base, last, live }, found);
    if (merged !== undefined) return merged;
  }
  found.conflicts.push(position.path);
  return live;
}

/** Whether a path is that of a field, or of a part of it. */
function isWithin(path: string, field: string): boolean {
  return field === "" || path === field || (path.startsWith(field) && /^[.[]/.test(path.slice(field.length)));
}

function isObjectOrNone(value: unknown): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

function mergeObjects(
  { path }: Position,
  {
    base = {},
    last = {},
    live,
  }: { base?: JsonObject | undefined; last?: JsonObject | undefined; live: JsonObject },
  found: Found,
): JsonObject | undefined {
  const merged = new Map(Object.entries(live));
  for (const key of new Set([...Object.keys(base), ...Object.keys(last)])) {
    const states = { base: own(base, key), last: own(last, key), live: own(live, key) };
    const value = merge({ path: memberPath(path, key), field: key }, states, found);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  // A map that the changes made, and that has nothing of others.
  if (merged.size === 0 && Object.keys(base).length === 0 && path !== "") return undefined;
  return Object.fromEntries(merged);
}

/** Merges lists whose items are told apart by keys; undefined where they are not. */
function mergeLists(
  { path, field }: Position,
  { base, last, live }: { base: readonly unknown[]; last: readonly unknown[]; live: readonly unknown[] },
  found: Found,
): unknown[] | undefined {
  const before = keysOfItems(field, base, last);
  const after = keysOfItems(field, last, live);
  // Which keys tell the items apart depends on the lists.
  if (before === undefined || after === undefined || !jsonEqual(before.right, after.left)) return undefined;
  const items = {
    base: byKeys(base, before.left),
    last: byKeys(last, before.right),
    live: byKeys(live, after.right),
  };
  const merged: unknown[] = [];
  for (const [text, { keys }] of new Map([...items.live, ...items.base])) {
    const states = {
      base: items.base.get(text)?.item,
      last: items.last.get(text)?.item,
      live: items.live.get(text)?.item,
    };
    const value = merge({ path: itemPath(path, keys), field }, states, found);
    if (value !== undefined) merged.push(value);
  }
  return merged;
}

function byKeys(
  list: readonly unknown[],
  keys: readonly ItemKeys[],
): Map<string, { keys: ItemKeys; item: unknown }> {
  return new Map(
    list.map((item, index) => {
      const own = keys[index] ?? [];
      return [keysText(own), { keys: own, item }];
    }),
  );
}

/** An own member of the object: a key may be `__proto__`. */
function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
