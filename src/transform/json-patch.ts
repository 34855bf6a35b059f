import { cloneJson, isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";

/** An operation of a JSON patch (RFC 6902), its form checked. */
export interface JsonPatchOperation {
  op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  /** A JSON pointer (RFC 6901) that begins with "/". */
  path: string;
  /** Of `move` and `copy`. */
  from?: string;
  /** Of `add`, `replace` and `test`. */
  value?: unknown;
}

/** What the library does: applies operations in place, and answers with an error or null for each. */
export type ApplyOperations = (
  object: JsonObject,
  operations: { op: "add" | "remove" | "replace" | "test"; path: string; value: unknown }[],
) => (Error | null)[];

/** An index of a list. */
const INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * Applies a JSON patch to an object, in place. Where each pointer leads is looked up first: the library takes `toString`
 * for a member of every object, and `length` for an item of a list.
 *
 * @returns what is wrong, without any value of the object, which may be a Secret; undefined where all has been applied.
 * After a fault the object may be changed in part.
 */
export function applyJsonPatch(
  object: JsonObject,
  operations: readonly JsonPatchOperation[],
  apply: ApplyOperations,
): string | undefined {
  // The library copies values, and a number that JavaScript cannot hold would not survive that.
  const document = mapNumbers(object, hideNumber) as JsonObject;
  for (const [index, operation] of operations.entries()) {
    const fault = applyOne(document, operation, apply);
    if (fault === undefined) continue;
    return `operation ${index + 1} (${operation.op} ${operation.path}): ${fault}`;
  }
  mapNumbers(document, showNumber);
  return undefined;
}

function applyOne(
  document: JsonObject,
  { op, path, from = "", value }: JsonPatchOperation,
  apply: ApplyOperations,
): string | undefined {
  const run = (op: "add" | "remove" | "replace" | "test", path: string, value?: unknown) => {
    const fault = op === "add" ? cannotAdd(document, path) : find(document, path).fault;
    if (fault !== undefined) return fault;
    try {
      const [error] = apply(document, [{ op, path, value }]);
      if (error === null) return undefined;
    } catch {
      // The library's errors quote values.
    }
    return op === "test" ? "the value is another" : "it does not apply";
  };
  if (op !== "move" && op !== "copy") return run(op, path, mapNumbers(cloneJson(value), hideNumber));
  const { found, fault } = find(document, from);
  if (fault !== undefined) return fault;
  // As the RFC has it: a move removes first, and the path is then looked up in what is left.
  return (op === "move" ? run("remove", from) : undefined) ?? run("add", path, found);
}

/** The names on the way of a JSON pointer. */
export function pointerNames(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

interface Found {
  found?: unknown;
  fault?: string | undefined;
}

function find(document: JsonObject, pointer: string): Found {
  return findBy(document, pointerNames(pointer));
}

function findBy(document: JsonObject, names: readonly string[]): Found {
  let found: unknown = document;
  for (const [depth, name] of names.entries()) {
    const at = titleOf(names.slice(0, depth));
    if (Array.isArray(found)) {
      if (!INDEX.test(name) || Number(name) >= found.length) return { fault: `${at} has no item ${name}` };
      found = found[Number(name)];
    } else if (isJsonObject(found)) {
      if (!Object.hasOwn(found, name)) return { fault: `${at} has no field ${name}` };
      found = found[name];
    } else return { fault: `${at} has no fields` };
  }
  return { found };
}

/** Why nothing can be added at a pointer; undefined where it can. */
function cannotAdd(document: JsonObject, pointer: string): string | undefined {
  const names = pointerNames(pointer);
  const last = names.pop() ?? "";
  const { found, fault } = findBy(document, names);
  if (fault !== undefined) return fault;
  if (isJsonObject(found)) return undefined;
  if (!Array.isArray(found)) return `${titleOf(names)} has no fields`;
  const fits = last === "-" || (INDEX.test(last) && Number(last) <= found.length);
  return fits ? undefined : `${titleOf(names)} has no place ${last}`;
}

function titleOf(names: readonly string[]): string {
  return names.length === 0 ? "the object" : names.join(".");
}

/** Replaces values within a value, in place where it is an object or a list. */
function mapNumbers(value: unknown, replace: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = mapNumbers(item, replace);
    return value;
  }
  if (!isJsonObject(value)) return replace(value);
  for (const [name, member] of Object.entries(value)) {
    const replaced = mapNumbers(member, replace);
    if (replaced !== member) value[name] = replaced;
  }
  return value;
}

const HIDDEN = "number ";

/** A raw number as a symbol, which is copied as it is, and equal to that of the same number. */
function hideNumber(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Symbol.for(HIDDEN + JSON.stringify(value)) : value;
}

function showNumber(value: unknown): unknown {
  if (typeof value !== "symbol") return value;
  return (parseJson(`[${Symbol.keyFor(value)?.slice(HIDDEN.length)}]`) as unknown[])[0];
}
