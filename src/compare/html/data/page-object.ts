/** The objects of a comparison as data of the page: in the order of the page, with values as text. */

import type { PageField, PageFieldLines, PageObject } from "../../../pages/browser/diff/data.ts";
import type { Comparison, FieldDifference, ObjectDifference } from "../../document.ts";
import { EditBudget } from "../../edit-budget.ts";
import { MASK } from "../../secret-changes.ts";
import { groupEqualChanges } from "../../text/equal-changes.ts";
import { alignLines } from "./aligned-lines.ts";
import { valueText, valueTexts, yamlText } from "./yaml-text.ts";

/** Yields the objects in the order of the page: cluster-scoped first, then by namespace, kind and name. */
export function* pageObjects(comparison: Comparison): Iterable<PageObject> {
  const objects = comparison.objects.toSorted(
    (a, b) =>
      Number(a.namespace !== null) - Number(b.namespace !== null) ||
      compare(a.namespace ?? "", b.namespace ?? "") ||
      compare(a.kind, b.kind) ||
      compare(a.resource, b.resource) ||
      compare(a.name, b.name),
  );
  const causes = causesOf(objects);
  const equal = equalChanges(objects, causes);
  for (const [place, object] of objects.entries()) {
    const group = equal.get(object);
    yield {
      ...pageObject(object, causes[place]),
      ...(object.byController ? { byController: true } : {}),
      ...(group === undefined ? {} : { equal: group }),
    };
  }
}

/** The number of the group of each object whose change others have as well. What stands below others, or has others below it, is in none. */
function equalChanges(
  objects: readonly ObjectDifference[],
  causes: readonly (number | undefined)[],
): Map<ObjectDifference, number> {
  const leaders = new Set(causes.map((place) => (place === undefined ? undefined : objects[place])));
  const alone = new Set(
    objects.filter((object, place) => causes[place] !== undefined || leaders.has(object)),
  );
  const groups = groupEqualChanges(objects, (object) => alone.has(object)).filter(({ length }) => length > 1);
  return new Map(groups.flatMap((group, number) => group.map((object) => [object, number] as const)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * For each object, the index of the object that caused its change, if both are in the same namespace: a
 * removed namespace would have the whole list below it. Cycles are broken.
 */
export function causesOf(objects: readonly ObjectDifference[]): (number | undefined)[] {
  const key = (object: { resource: string; namespace: string | null; name: string }) =>
    JSON.stringify([object.resource, object.namespace, object.name]);
  const places = new Map(objects.map((object, place) => [key(object), place]));
  const causes = objects.map(({ follows, namespace }) =>
    follows === undefined || follows.namespace !== namespace ? undefined : places.get(key(follows)),
  );
  for (const place of causes.keys()) {
    const seen = new Set([place]);
    for (let next = causes[place]; next !== undefined; next = causes[next]) {
      if (seen.has(next)) causes[place] = undefined;
      if (seen.has(next)) break;
      seen.add(next);
    }
  }
  return causes;
}

function pageObject(object: ObjectDifference, cause: number | undefined): PageObject {
  const { apiVersion, kind, resource, namespace, name, change, follows } = object;
  return {
    id: [namespace ?? "-", resource, name].map((part) => encodeURIComponent(part.toWellFormed())).join("/"),
    apiVersion,
    kind,
    resource,
    namespace,
    name,
    change,
    fields: fieldsOf(object),
    ...(object.object === undefined ? {} : { yaml: yamlText(withoutSecrets(object)) }),
    ...(follows === undefined
      ? {}
      : {
          follows: {
            kind: follows.kind,
            name: follows.name,
            ...(cause === undefined ? {} : { place: cause }),
          },
        }),
  };
}

function fieldsOf(object: ObjectDifference): PageField[] {
  const budget = new EditBudget();
  return object.fields.map((field) => pageField(field, object, budget));
}

function pageField(field: FieldDifference, object: ObjectDifference, budget: EditBudget): PageField {
  const { path, masked, order, follows } = field;
  if (masked || (isSecret(object) && /^(?:data|stringData)(?![A-Za-z])/.test(path))) {
    const [hasLeft, hasRight] = ["left" in field, "right" in field];
    return { path, secret: hasLeft === hasRight ? "changed" : hasLeft ? "removed" : "added" };
  }
  return {
    path,
    ...fieldLines(field, budget),
    ...(order ? { order } : {}),
    ...(follows ? { byCluster: follows } : {}),
  };
}

function fieldLines(
  field: FieldDifference,
  budget: EditBudget,
): Pick<PageFieldLines, "lines" | "only" | "open"> {
  if (!("left" in field)) {
    return { lines: alignLines(undefined, withoutFinalLineFeed(valueText(field.right))), only: "right" };
  }
  if (!("right" in field)) {
    return { lines: alignLines(withoutFinalLineFeed(valueText(field.left)), undefined), only: "left" };
  }
  const { left, right } = valueTexts(field.left, field.right);
  const lines = alignLines(withoutFinalLineFeed(left), withoutFinalLineFeed(right), budget);
  const [leftEnds, rightEnds] = [left.endsWith("\n"), right.endsWith("\n")];
  return leftEnds === rightEnds ? { lines } : { lines, open: leftEnds ? "right" : "left" };
}

/** Removes the line feed at the end, which is not shown as an empty line; `open` tells of it. */
function withoutFinalLineFeed(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function isSecret({ kind, resource }: ObjectDifference): boolean {
  return kind === "Secret" || resource === "secrets";
}

/**
 * The object without the values of a Secret. The comparison has masked them already, but pages are passed
 * on, so the page does not rely on the comparison.
 */
function withoutSecrets(difference: ObjectDifference): unknown {
  if (!isSecret(difference) || typeof difference.object !== "object") return difference.object;
  const masked: Record<string, unknown> = { ...difference.object };
  for (const part of ["data", "stringData"]) {
    const values = masked[part];
    if (values === undefined || values === null) continue;
    masked[part] =
      typeof values === "object" ? Object.fromEntries(Object.keys(values).map((key) => [key, MASK])) : MASK;
  }
  return masked;
}
