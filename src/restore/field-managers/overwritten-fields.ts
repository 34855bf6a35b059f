import { indexPath, itemPath, memberPath } from "../../kubernetes/field-path.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { someNames } from "../../words/some-names.ts";

/** Field managers, and the paths of those of their fields that were overwritten. */
export type OverwrittenFields = ReadonlyMap<string, readonly string[]>;

/** How many fields of each manager are named. */
const FIELDS_NAMED = 3;

/**
 * The fields of other field managers that a write changed, from `metadata.managedFields`.
 *
 * FieldsV1: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 * `f:name` is a member, `k:{…}` the list item with these keys, `v:…` the list item with this value, `i:n` the item
 * at this index, and `.` the field itself.
 *
 * @param before the object before the write, with its `metadata.managedFields`.
 * @param after the object after the write.
 * @param own the field manager whose fields do not count: kube-backup.
 */
export function overwrittenFields(before: JsonObject, after: JsonObject, own: string): OverwrittenFields {
  const metadata = before["metadata"];
  const entries = isJsonObject(metadata) ? metadata["managedFields"] : undefined;
  const records = listOf(entries).filter(isJsonObject);
  const all: JsonObject = {};
  for (const { fieldsV1 } of records) merge(all, fieldsV1);
  const managers = new Map<string, Set<string>>();
  for (const entry of records) {
    if (typeof entry["manager"] !== "string" || entry["manager"] === own) continue;
    const paths = managers.get(entry["manager"]) ?? new Set();
    collect(entry["fieldsV1"], { before, after, all, path: "" }, paths);
    managers.set(entry["manager"], paths);
  }
  return new Map(
    [...managers]
      .filter(([, paths]) => paths.size > 0)
      .map(([manager, paths]): [string, string[]] => [manager, [...paths].sort()])
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/** `overwrote fields of kubectl-edit (data.color)`, or undefined where there are none; never a value. */
export function describeOverwritten(fields: OverwrittenFields): string | undefined {
  if (fields.size === 0) return undefined;
  const managers = [...fields].map(([manager, paths]) => `${manager} (${someNames(paths, FIELDS_NAMED)})`);
  return `overwrote fields of ${managers.join(", ")}`;
}

interface Place {
  before: unknown;
  after: unknown;
  /** The fields below this place that any manager owns. */
  all: unknown;
  path: string;
}

/** Adds the paths of the fields of a set, below a place, whose values differ. */
function collect(fields: unknown, { before, after, all, path }: Place, paths: Set<string>): void {
  for (const [key, below] of Object.entries(isJsonObject(fields) ? fields : {})) {
    // A field that is gone was seen one level up.
    if (key === ".") continue;
    const place = {
      before: childOf(before, key),
      after: childOf(after, key),
      all: isJsonObject(all) ? all[key] : undefined,
      path: childPath(path, key, before),
    };
    if (place.before === undefined || jsonEqual(place.before, place.after)) continue;
    // A map without fields in any set is owned whole; otherwise the manager owns only that the map exists.
    if (place.after === undefined || !hasFields(place.all)) paths.add(place.path);
    else collect(below, place, paths);
  }
}

function hasFields(set: unknown): boolean {
  return isJsonObject(set) && Object.keys(set).some((key) => key !== ".");
}

function merge(into: JsonObject, fields: unknown): void {
  for (const [key, below] of Object.entries(isJsonObject(fields) ? fields : {})) {
    const there = into[key];
    const set: JsonObject = isJsonObject(there) ? there : {};
    into[key] = set;
    merge(set, below);
  }
}

function childOf(parent: unknown, key: string): unknown {
  const rest = key.slice(2);
  switch (key.slice(0, 2)) {
    case "f:":
      return isJsonObject(parent) && Object.hasOwn(parent, rest) ? parent[rest] : undefined;
    case "k:": {
      const keys = parsed(rest);
      return listOf(parent).find(
        (item) =>
          isJsonObject(item) &&
          isJsonObject(keys) &&
          Object.entries(keys).every(([name, value]) => jsonEqual(item[name], value)),
      );
    }
    case "v:": {
      const value = parsed(rest);
      return listOf(parent).find((item) => jsonEqual(item, value));
    }
    case "i:":
      return listOf(parent)[Number(rest)];
    default:
      return undefined;
  }
}

function childPath(path: string, key: string, parent: unknown): string {
  const rest = key.slice(2);
  if (key.startsWith("f:")) return memberPath(path, rest);
  if (key.startsWith("k:")) {
    const keys = Object.entries((parsed(rest) ?? {}) as JsonObject);
    return itemPath(
      path,
      keys.map(([name, value]) => [name, String(value)] as const),
    );
  }
  // The key holds the value itself, which must not be reported: the index is enough.
  return indexPath(path, listOf(parent).indexOf(childOf(parent, key)));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
