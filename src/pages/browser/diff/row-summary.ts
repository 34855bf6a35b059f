/** What a folded object says of its change: `replicas 2 → 3, image 1.0 → 2.0`. */

import type { PageField, PageFieldLines } from "./data.ts";

/** Fields that are told; the others are counted. */
const MOST_FIELDS = 3;
/** Longer values are not told, in characters. */
const LONGEST_VALUE = 24;

/** One line for the fields of an object. Of the value of a Secret, it only says that it changed. */
export function rowSummary(fields: readonly PageField[]): string {
  const told = fields.slice(0, MOST_FIELDS).map(fieldSummary);
  const more = fields.length - MOST_FIELDS;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function fieldSummary(field: PageField): string {
  const name = shortName(field.path);
  if ("secret" in field) return `${name} ${field.secret}`;
  if (field.only !== undefined) return `${name} ${field.only === "left" ? "removed" : "added"}`;
  if (field.order) return `${name} in another order`;
  const values = singleValues(field);
  if (values === undefined) return `${name} ${changedLines(field)}`;
  const [left, right] = withoutCommonStart(values);
  const isShort = left.length <= LONGEST_VALUE && right.length <= LONGEST_VALUE;
  return isShort ? `${name} ${left} → ${right}` : `${name} changed`;
}

/**
 * The part of a path by which people know a field: `replicas`, `image`, `CACHE` of `env[name=CACHE].value`, `nginx.conf` of
 * `data["nginx.conf"]`.
 */
export function shortName(path: string): string {
  const [last = path] = /(?:\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[\]]+)$/.exec(path) ?? [];
  const before = path.slice(0, path.length - last.length).replace(/\.$/, "");
  const [, item] = /\[[\w.-]+=([^\]]*)\]$/.exec(before) ?? [];
  if (last === "value" && item !== undefined) return item;
  const quoted = /^\["(.*)"\]$/.exec(last)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
  const key = /^\[[\w.-]+=(.*)\]$/.exec(last)?.[1];
  if (key !== undefined) return key;
  // An item of a list by its place says nothing without the list: `args[2]`.
  return last.startsWith("[") ? `${shortName(before)}${last}` : last;
}

/** The two values, or the two lines of longer ones, where no other line differs. */
function singleValues({ lines }: PageFieldLines): [string, string] | undefined {
  const [part, ...others] = lines.filter((each) => !("both" in each));
  if (others.length > 0 || part === undefined || "both" in part) return undefined;
  const [left, right] = [part.left, part.right];
  if (left.length !== 1 || right.length !== 1) return undefined;
  const text = ([line = ""]: typeof left) => (typeof line === "string" ? line : line.join(""));
  // An item of a list.
  const value = (side: typeof left) =>
    lines.length === 1 ? text(side) : text(side).replace(/^\s*(?:- )*/, "");
  return [value(left), value(right)];
}

/** Two images of one repository differ in their tags, two paths in their ends. */
function withoutCommonStart([left, right]: [string, string]): [string, string] {
  let start = 0;
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    if (left[place] !== right[place]) break;
    if (/[/:@]/.test(left[place] ?? "")) start = place + 1;
  }
  const [a, b] = [left.slice(start), right.slice(start)];
  return a === "" || b === "" ? [left, right] : [a, b];
}

function changedLines({ lines }: PageFieldLines): string {
  const count = lines.reduce(
    (sum, part) => sum + ("both" in part ? 0 : Math.max(part.left.length, part.right.length)),
    0,
  );
  return count === 1 ? "1 line" : `${count} lines`;
}
