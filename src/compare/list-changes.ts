import { diffArrays } from "diff";
import { indexPath, itemPath } from "../kubernetes/field-path.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { difference } from "./field-difference.ts";
import { type ItemKeys, identity, keysOfItems } from "./list-keys.ts";
import type { Place } from "./place.ts";

/** Beyond so many items that came or went, lists are compared place by place: the time grows with the square. */
const MOST_EDITS = 2_000;

/** Compares two items, `undefined` standing for none. */
export type CompareItems = (place: Place, left: unknown, right: unknown) => void;

/** What is done with what was found. */
interface Findings {
  found: FieldDifference[];
  compare: CompareItems;
}

/** Both sides of something. */
interface Sides<T> {
  left: T;
  right: T;
}

/**
 * Compares two lists that are not equal: items that have keys with their counterparts, others in the
 * order in which they stand, so that one that was put in between shows as one that was added. The same
 * items in another order are one difference.
 */
export function compareLists(place: Place, lists: Sides<readonly unknown[]>, findings: Findings): void {
  const { left, right } = lists;
  const keys = keysOfItems(place.field, left, right);
  if (keys !== undefined) {
    compareByKeys(place, { left: byKeys(keys.left, left), right: byKeys(keys.right, right) }, findings);
    return;
  }
  const texts = { left: left.map(canonicalText), right: right.map(canonicalText) };
  if (sorted(texts.left) === sorted(texts.right)) {
    findings.found.push({ path: place.path, left, right, order: true });
    return;
  }
  for (const run of runsOf(texts)) compareRun(place, lists, run, findings);
}

type ItemsByKeys = ReadonlyMap<string, { keys: ItemKeys; item: unknown }>;

function byKeys(keys: readonly ItemKeys[], items: readonly unknown[]): ItemsByKeys {
  return new Map(keys.map((each, index) => [identity(each), { keys: each, item: items[index] }]));
}

function compareByKeys(
  { path }: Place,
  { left, right }: Sides<ItemsByKeys>,
  { found, compare }: Findings,
): void {
  for (const [id, { keys, item }] of left) {
    compare({ path: itemPath(path, keys), field: "" }, item, right.get(id)?.item);
  }
  for (const [id, { keys, item }] of right) {
    if (!left.has(id)) compare({ path: itemPath(path, keys), field: "" }, undefined, item);
  }
  const common = [...left.keys()].filter((id) => right.has(id));
  const inRightOrder = [...right.keys()].filter((id) => left.has(id));
  if (common.some((id, index) => id !== inRightOrder[index])) {
    found.push({ path, left: names(left), right: names(right), order: true });
  }
}

/** What people call the items: the values of their keys. */
function names(items: ItemsByKeys): string[] {
  return [...items.values()].map(({ keys }) => keys.map(([, value]) => value).join(" "));
}

/** A place at which items of the left list stand where others stand in the right one. */
interface Run {
  /** Where it begins in each list. */
  at: Sides<number>;
  /** How many items it has in each list. */
  items: Sides<number>;
}

function runsOf({ left, right }: Sides<string[]>): Run[] {
  const changes = diffArrays(left, right, { maxEditLength: MOST_EDITS });
  if (changes === undefined)
    return [{ at: { left: 0, right: 0 }, items: { left: left.length, right: right.length } }];
  const runs: Run[] = [];
  const at = { left: 0, right: 0 };
  let run: Run | undefined;
  for (const { added, removed, count } of changes) {
    if (!added && !removed) run = undefined;
    else if (run === undefined) {
      run = { at: { ...at }, items: { left: 0, right: 0 } };
      runs.push(run);
    }
    if (!added) at.left += count;
    if (!removed) at.right += count;
    if (removed && run !== undefined) run.items.left += count;
    if (added && run !== undefined) run.items.right += count;
  }
  return runs;
}

/** One item in another's place is one that changed; what one side has more of came or went. */
function compareRun(
  { path }: Place,
  { left, right }: Sides<readonly unknown[]>,
  { at, items }: Run,
  { found, compare }: Findings,
): void {
  for (let each = 0; each < Math.max(items.left, items.right); each++) {
    const [before, after] = [left[at.left + each], right[at.right + each]];
    if (each >= items.right) found.push(difference(indexPath(path, at.left + each), before, undefined));
    else if (each >= items.left) found.push(difference(indexPath(path, at.right + each), undefined, after));
    else compare({ path: indexPath(path, at.right + each), field: "" }, before, after);
  }
}

/** JSON that is the same for equal values, whatever the order of their keys. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`);
  return `{${members.join(",")}}`;
}

function sorted(texts: readonly string[]): string {
  return JSON.stringify(texts.toSorted());
}
