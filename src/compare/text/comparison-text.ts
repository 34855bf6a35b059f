/** The text output of `diff`: a block for each object, with its consequences indented below. */

import type { KindTitles } from "../../kubernetes/kind-titles.ts";
import { joined, type Line } from "../../terminal/styled.ts";
import type { Change, Comparison, ObjectDifference, Side } from "../document.ts";
import { EditBudget } from "../edit-budget.ts";
import { colorsOf } from "./colors.ts";
import { fieldText, type TextStyle } from "./field-text.ts";

/** Options of {@link comparisonText}. */
export interface ComparisonTextOptions {
  colored: boolean;
  /** Columns of the terminal, undefined without a terminal. */
  width: number | undefined;
  /** The titles of kinds, by resource; the kinds themselves by default. */
  titles?: KindTitles | undefined;
}

interface Style extends Omit<TextStyle, "budget"> {
  titles: KindTitles;
}

const INDENT = "    ";
const DEFAULT_WIDTH = 120;
/** Values in fewer columns are unreadable. */
const MIN_WIDTH = 40;
/** Most objects of an added or removed namespace that are listed by name; more objects are counted by kind. */
const MAX_NAMED_OBJECTS = 10;

const SIGNS: Record<Change, string> = { added: "+", changed: "~", removed: "-" };

/** The lines of a comparison, block by block: an object with its consequences takes time. The counts come last. */
export function* comparisonText(
  comparison: Comparison,
  { colored, width, titles = new Map() }: ComparisonTextOptions,
): Generator<Line[]> {
  const colors = colorsOf(colored);
  const style = { colors, width: Math.max(MIN_WIDTH, width ?? DEFAULT_WIDTH), titles };
  const consequences = Map.groupBy(
    comparison.objects.filter(({ follows }) => follows !== undefined),
    ({ follows }) => (follows === undefined ? "" : idOf(follows)),
  );
  const { left, right, notes, summary } = comparison;
  yield [colors.removed(`--- ${sideText(left)}`), colors.added(`+++ ${sideText(right)}`)];
  for (const object of comparison.objects) {
    if (object.follows === undefined) yield ["", ...objectText(object, consequences, style)];
  }
  if (notes.length > 0) yield ["", ...notes.map((note) => colors.changed(`note: ${note}`))];
  const counts = `${summary.added} added, ${summary.changed} changed, ${summary.removed} removed, ${summary.alike} alike`;
  yield ["", colors.bold(counts)];
}

function sideText({ kind, name, time, server }: Side): string {
  const timestamp = time.replace(/\.\d+Z$/, "Z");
  return kind === "backup" ? `${name} (${timestamp})` : `the cluster ${name} (${server}, ${timestamp})`;
}

type Consequences = ReadonlyMap<string, readonly ObjectDifference[]>;

/** The lines of an object and of its consequences. */
function objectText(object: ObjectDifference, consequences: Consequences, style: Style): Line[] {
  const { colors, titles } = style;
  const indented: Style = { colors, titles, width: Math.max(MIN_WIDTH, style.width - INDENT.length) };
  const direct = consequences.get(idOf(object)) ?? [];
  const budget = new EditBudget();
  const fields = object.fields.flatMap((field) => {
    const lines = fieldText(field, { ...indented, budget });
    return field.follows === true ? lines.map((line) => colors.dim(line)) : lines;
  });
  const inNamespace = object.resource === "namespaces" ? withConsequences(object, consequences).slice(1) : [];
  const children =
    inNamespace.length > MAX_NAMED_OBJECTS
      ? [countsText(inNamespace, titles)]
      : direct.flatMap((each) => objectText(each, consequences, indented));
  return [title(object, style), ...[...fields, ...children].map((line) => joined(INDENT, line))];
}

function title({ change, kind, resource, namespace, name }: ObjectDifference, style: Style): Line {
  const { colors, titles } = style;
  return colors.bold(
    colors[change](
      `${SIGNS[change]} ${titles.get(resource) ?? kind} ${namespace === null ? "" : `${namespace}/`}${name}`,
    ),
  );
}

/** `and 23 objects in it: ConfigMap 4, Deployment 3`. */
function countsText(objects: readonly ObjectDifference[], titles: KindTitles): string {
  const kinds = Object.entries(Object.groupBy(objects, ({ resource, kind }) => titles.get(resource) ?? kind));
  return `and ${objects.length} objects in it: ${kinds.map(([kind, each]) => `${kind} ${each?.length}`).join(", ")}`;
}

/** The object and all its direct and indirect consequences. */
function withConsequences(object: ObjectDifference, consequences: Consequences): ObjectDifference[] {
  const direct = consequences.get(idOf(object)) ?? [];
  return [object, ...direct.flatMap((each) => withConsequences(each, consequences))];
}

function idOf({
  resource,
  namespace,
  name,
}: Pick<ObjectDifference, "resource" | "namespace" | "name">): string {
  return `${resource}/${namespace ?? ""}/${name}`;
}
