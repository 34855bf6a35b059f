import { diffArrays } from "diff";
import { indexPath, itemPath } from "../kubernetes/field-path.ts";
import { isJsonObject } from "../kubernetes/json.ts";
import type { FieldDifference } from "./document.ts";
import { type EditBudget, editsOf } from "./edit-budget.ts";
import { difference } from "./field-difference.ts";
import type { FieldPosition } from "./field-position.ts";
import { type ItemKeys, keysOfItems, keysText } from "./list-keys.ts";

/** Above this number of added and removed items, lists are compared by index: the time is quadratic in this number. */
const MAX_EDITS = 2_000;

/** Compares two items, `undefined` where a side lacks the item. */
export type CompareItems = (position: FieldPosition, left: unknown, right: unknown) => void;

/** Where differences go, and how items are compared. */
interface ListComparison {
  /** Bounds the time of the comparison of the object. */
  budget: EditBudget;
  differences: FieldDifference[];
  compare: CompareItems;
}

/** A value of each side. */
interface Sides<T> {
  left: T;
  right: T;
}

/**
 * Compares two lists that are not equal: items with keys by their keys, other items in order, so that an
 * inserted item is shown as one added item. Equal items in another order are one difference.
 */
export function compareLists(
  position: FieldPosition,
  lists: Sides<readonly unknown[]>,
  comparison: ListComparison,
): void {
  const { left, right } = lists;
  const keys = keysOfItems(position.field, left, right);
  if (keys !== undefined) {
    compareByKeys(position, { left: byKeys(keys.left, left), right: byKeys(keys.right, right) }, comparison);
    return;
  }
  const texts = { left: left.map(canonicalText), right: right.map(canonicalText) };
  if (sorted(texts.left) === sorted(texts.right)) {
    comparison.differences.push({ path: position.path, left, right, order: true });
    return;
  }
  for (const run of runsOf(texts, comparison.budget)) compareRun(position, lists, run, comparison);
}

type ItemsByKeys = ReadonlyMap<string, { keys: ItemKeys; item: unknown }>;

function byKeys(keys: readonly ItemKeys[], items: readonly unknown[]): ItemsByKeys {
  return new Map(keys.map((each, index) => [keysText(each), { keys: each, item: items[index] }]));
}

function compareByKeys(
  { path }: FieldPosition,
  { left, right }: Sides<ItemsByKeys>,
  { differences, compare }: ListComparison,
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
    differences.push({ path, left: names(left), right: names(right), order: true });
  }
}

/** The names of the items: the values of their keys. */
function names(items: ItemsByKeys): string[] {
  return [...items.values()].map(({ keys }) => keys.map(([, value]) => value).join(" "));
}

/** A run of items of the left list that are replaced with a run of items of the right list. */
interface Run {
  /** The index of the first item in each list. */
  at: Sides<number>;
  /** The number of items in each list. */
  items: Sides<number>;
}

function runsOf({ left, right }: Sides<string[]>, budget: EditBudget): Run[] {
  const changes = budget.within(
    MAX_EDITS,
    (maxEditLength) => diffArrays(left, right, { maxEditLength }),
    editsOf,
  );
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

/** Compares the items of a run by index. Surplus items of one side are added or removed items. */
function compareRun(
  { path }: FieldPosition,
  { left, right }: Sides<readonly unknown[]>,
  { at, items }: Run,
  { differences, compare }: ListComparison,
): void {
  for (let each = 0; each < Math.max(items.left, items.right); each++) {
    const [before, after] = [left[at.left + each], right[at.right + each]];
    if (each >= items.right) differences.push(difference(indexPath(path, at.left + each), before, undefined));
    else if (each >= items.left)
      differences.push(difference(indexPath(path, at.right + each), undefined, after));
    else compare({ path: indexPath(path, at.right + each), field: "" }, before, after);
  }
}

/** JSON with sorted keys: equal for equal values. */
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
