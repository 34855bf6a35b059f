import { Buffer } from "node:buffer";
import { isJsonObject } from "../../kubernetes/json.ts";
import { typed } from "./go-values.ts";
import { JsonPathError, type Path, type Step } from "./parse-jsonpath.ts";

/**
 * Evaluates a path. Missing fields find nothing. Error messages contain no value, since a value may be a Secret's.
 *
 * @throws {JsonPathError} when an array is expected and the value is something else, when an index is out of range,
 * or when values are not comparable.
 */
export function evaluate(path: Path, from: unknown): unknown[] {
  let found: unknown[] = [from];
  for (const step of path) found = evaluateStep(step, found);
  return found;
}

function evaluateStep(step: Step, found: readonly unknown[]): unknown[] {
  switch (step.kind) {
    case "literal":
      return found.map(() => step.value);
    case "field":
      return found.flatMap((value) =>
        isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [],
      );
    case "wildcard":
      return found.flatMap(children);
    case "recursive":
      return found.flatMap(withDescendants);
    case "index":
      return arraysOf(found).map((list) => atIndex(list, step.index));
    case "slice":
      return arraysOf(found).flatMap((list) => slice(list, step));
    case "union":
      return step.paths.flatMap((path) =>
        path.reduce((values, each) => evaluateStep(each, values), [...found]),
      );
    case "exists":
      return arraysOf(found).flatMap((list) => list.filter((item) => matchesPath(step.path, item)));
    case "filter":
      return arraysOf(found).flatMap((list) => list.filter((item) => matchesFilter(step, item)));
  }
}

/** The arrays among the values. Null counts as missing, as in kubectl. */
function arraysOf(found: readonly unknown[]): unknown[][] {
  return found
    .filter((value) => value !== null)
    .map((value) => {
      if (!Array.isArray(value)) throw new JsonPathError("what is before [ ] is no list");
      return value;
    });
}

/** The values of a map in the order of the keys. kubectl's order is undefined. */
function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

function withDescendants(value: unknown): unknown[] {
  const values = children(value);
  return values.length === 0 ? [] : [value, ...values.flatMap(withDescendants)];
}

function atIndex(list: readonly unknown[], index: number): unknown {
  const position = index < 0 ? index + list.length : index;
  if (position < 0 || position >= list.length)
    throw new JsonPathError(`[${index}] is beyond the end of a list of ${list.length}`);
  return list[position];
}

function slice(list: readonly unknown[], step: Step & { kind: "slice" }): unknown[] {
  const position = (given: number) => (given < 0 ? given + list.length : given);
  const start = position(step.start ?? 0);
  const end = position(step.end ?? list.length);
  if (start === end) return [];
  if (start < 0 || start >= list.length || end < 0 || end > list.length || start > end)
    throw new JsonPathError(`[${step.start ?? ""}:${step.end ?? ""}] is no part of a list of ${list.length}`);
  const stride = step.step ?? 1;
  if (stride <= 0) throw new JsonPathError("the step of [::] is not above 0");
  return list.slice(start, end).filter((_, index) => index % stride === 0);
}

function matchesPath(path: Path, item: unknown): boolean {
  try {
    return evaluate(path, item).length > 0;
  } catch (error) {
    if (error instanceof JsonPathError) return false;
    throw error;
  }
}

function matchesFilter({ left, operator, right }: Step & { kind: "filter" }, item: unknown): boolean {
  const [lefts, rights] = [evaluate(left, item), evaluate(right, item)];
  if (lefts.length === 0 || rights.length === 0) return false;
  if (lefts.length > 1 || rights.length > 1)
    throw new JsonPathError(`${operator} compares one value with one, and there are more`);
  return compare(lefts[0], operator, rights[0]);
}

/**
 * Compares two values as kubectl's filters do: strings with strings, integers with integers, and no mixed types.
 *
 * @throws {JsonPathError} when the values are not comparable.
 */
function compare(left: unknown, operator: string, right: unknown): boolean {
  const [one, other] = [typed(left), typed(right)];
  if (one.type === "other" || other.type === "other")
    throw new JsonPathError(`${operator} compares texts, numbers, true and false only`);
  if (one.type !== other.type)
    throw new JsonPathError(`${operator} compares a ${one.type} with a ${other.type}`);
  const [a, b] = [one.value, other.value];
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (one.type === "truth value") throw new JsonPathError(`${operator} does not compare truth values`);
  const order = one.type === "text" ? compareTexts(String(a), String(b)) : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

/** By code points, as Go compares strings. */
function compareTexts(left: string, right: string): number {
  const [ours, theirs] = [Buffer.from(left), Buffer.from(right)];
  return Buffer.compare(ours, theirs);
}
