/** The comparison's objects as the page has them: in its order, and everything as text. */

import type { Change, Comparison, FieldDifference, ObjectDifference } from "../../document.ts";
import { isSecret, MASK } from "../../secret-changes.ts";
import { type AlignedLines, alignLines } from "./aligned-lines.ts";
import { valueText, valueTexts, yamlText } from "./yaml-text.ts";

/** A field that differs; of a Secret's value only what happened to it. */
export type PageField = { path: string; secret: Change } | PageFieldLines;

/** A field that differs, as text. */
export interface PageFieldLines {
  path: string;
  lines: AlignedLines[];
  /** The side that alone has the field. */
  only?: "left" | "right";
  /** The side whose text alone does not end with a line feed. */
  open?: "left" | "right";
  /** Both sides hold the same items, in another order. */
  order?: true;
  /** The cluster writes this field by itself. */
  byCluster?: true;
}

/** An object that differs, as the page's script reads it. */
export interface PageObject {
  /** What stands behind `#` in a link to the object. */
  id: string;
  apiVersion: string;
  kind: string;
  resource: string;
  namespace: string | null;
  name: string;
  change: Change;
  fields: PageField[];
  /** The whole object, where it is on one side only. */
  yaml?: string;
  /** The object whose change this one follows: its place in the list, where it is in it. */
  follows?: { kind: string; name: string; place?: number };
}

/** Gives the objects in the order of the page: by namespace, those of the cluster first, then by kind and name. */
export function* pageObjects(comparison: Comparison): Iterable<PageObject> {
  const objects = comparison.objects.toSorted(
    (a, b) =>
      Number(a.namespace !== null) - Number(b.namespace !== null) ||
      compare(a.namespace ?? "", b.namespace ?? "") ||
      compare(a.kind, b.kind) ||
      compare(a.resource, b.resource) ||
      compare(a.name, b.name),
  );
  const leaders = leadersOf(objects);
  for (const [place, object] of objects.entries()) yield pageObject(object, leaders[place]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * For each object the place of the one that it follows, where that is in the same namespace: below a
 * namespace that is gone would be the whole list. A circle of followers is broken open.
 */
export function leadersOf(objects: readonly ObjectDifference[]): (number | undefined)[] {
  const key = (object: { kind: string; namespace: string | null; name: string }) =>
    JSON.stringify([object.kind, object.namespace, object.name]);
  const places = new Map(objects.map((object, place) => [key(object), place]));
  const leaders = objects.map(({ follows, namespace }) =>
    follows === undefined || follows.namespace !== namespace ? undefined : places.get(key(follows)),
  );
  for (const place of leaders.keys()) {
    const seen = new Set([place]);
    for (let next = leaders[place]; next !== undefined; next = leaders[next]) {
      if (seen.has(next)) leaders[place] = undefined;
      if (seen.has(next)) break;
      seen.add(next);
    }
  }
  return leaders;
}

function pageObject(object: ObjectDifference, leader: number | undefined): PageObject {
  const { apiVersion, kind, resource, namespace, name, change, follows } = object;
  return {
    id: [namespace ?? "-", resource, name].map((part) => encodeURIComponent(part.toWellFormed())).join("/"),
    apiVersion,
    kind,
    resource,
    namespace,
    name,
    change,
    fields: object.fields.map((field) => pageField(field, object)),
    ...(object.object === undefined ? {} : { yaml: yamlText(withoutSecrets(object)) }),
    ...(follows === undefined
      ? {}
      : {
          follows: {
            kind: follows.kind,
            name: follows.name,
            ...(leader === undefined ? {} : { place: leader }),
          },
        }),
  };
}

function pageField(field: FieldDifference, { kind }: ObjectDifference): PageField {
  const { path, masked, order, follows } = field;
  if (masked || (isSecret(kind) && /^(?:data|stringData)(?![A-Za-z])/.test(path))) {
    const [hasLeft, hasRight] = ["left" in field, "right" in field];
    return { path, secret: hasLeft === hasRight ? "changed" : hasLeft ? "removed" : "added" };
  }
  return {
    path,
    ...fieldLines(field),
    ...(order ? { order } : {}),
    ...(follows ? { byCluster: follows } : {}),
  };
}

function fieldLines(field: FieldDifference): Pick<PageFieldLines, "lines" | "only" | "open"> {
  if (!("left" in field)) {
    return { lines: alignLines(undefined, withoutEnd(valueText(field.right))), only: "right" };
  }
  if (!("right" in field)) {
    return { lines: alignLines(withoutEnd(valueText(field.left)), undefined), only: "left" };
  }
  const { left, right } = valueTexts(field.left, field.right);
  const lines = alignLines(withoutEnd(left), withoutEnd(right));
  const [leftEnds, rightEnds] = [left.endsWith("\n"), right.endsWith("\n")];
  return leftEnds === rightEnds ? { lines } : { lines, open: leftEnds ? "right" : "left" };
}

/** The line feed at the end is told apart, and not shown as an empty line. */
function withoutEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/**
 * The object without a Secret's values. The comparison has masked them already; a page is sent
 * around, so it does not rely on that.
 */
function withoutSecrets(difference: ObjectDifference): unknown {
  if (!isSecret(difference.kind) || typeof difference.object !== "object") return difference.object;
  const masked: Record<string, unknown> = { ...difference.object };
  for (const part of ["data", "stringData"]) {
    const values = masked[part];
    if (values === undefined || values === null) continue;
    masked[part] =
      typeof values === "object" ? Object.fromEntries(Object.keys(values).map((key) => [key, MASK])) : MASK;
  }
  return masked;
}
