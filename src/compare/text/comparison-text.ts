/** The text output of `diff`: a block for each object, with its consequences indented below. */

import type { KindTitles } from "../../kubernetes/kind-titles.ts";
import { joined, type Line } from "../../terminal/styled.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";
import { withoutControllers } from "../by-controller.ts";
import type { Change, Comparison, ObjectDifference, Side } from "../document.ts";
import { EditBudget } from "../edit-budget.ts";
import { colorsOf } from "./colors.ts";
import { type EqualChanges, groupEqualChanges } from "./equal-changes.ts";
import { fieldText, type TextStyle } from "./field-text.ts";
import { summaryText } from "./summary-text.ts";

/** Options of {@link comparisonText}. */
export interface ComparisonTextOptions {
  colored: boolean;
  /** Columns of the terminal, undefined without a terminal. */
  width: number | undefined;
  /** The titles of kinds, by resource; the kinds themselves by default. */
  titles?: KindTitles | undefined;
  /** Whether to show what the cluster's controllers wrote, which is counted otherwise. */
  controllers?: boolean;
  /** Whether to show counts by kind in place of the objects. */
  summary?: boolean;
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
  { colored, width, titles = new Map(), controllers = false, summary = false }: ComparisonTextOptions,
): Generator<Line[]> {
  const colors = colorsOf(colored);
  const style = { colors, width: Math.max(MIN_WIDTH, width ?? DEFAULT_WIDTH), titles };
  const objects = controllers ? comparison.objects : withoutControllers(comparison.objects);
  const consequences = Map.groupBy(
    objects.filter(({ follows }) => follows !== undefined),
    ({ follows }) => (follows === undefined ? "" : idOf(follows)),
  );
  const { left, right, notes } = comparison;
  yield [colors.removed(`--- ${sideText(left)}`), colors.added(`+++ ${sideText(right)}`)];
  if (summary) yield ["", ...summaryText(objects, titles)];
  else {
    const top = objects.filter(({ follows }) => follows === undefined);
    for (const equal of groupEqualChanges(top, (object) => consequences.has(idOf(object)))) {
      yield ["", ...objectText(equal, consequences, style)];
    }
  }
  if (notes.length > 0) yield ["", ...notes.map((note) => colors.changed(`note: ${note}`))];
  yield ["", colors.bold(countsOf(comparison, controllers)), ...controllersText(comparison, controllers)];
}

/** `1 added, 2 changed, 0 removed, 7 alike`, of the objects that are shown. */
function countsOf({ objects, summary }: Comparison, controllers: boolean): string {
  const hidden = controllers ? [] : objects.filter(({ byController }) => byController === true);
  const counts = (["added", "changed", "removed"] as const).map(
    (change) => `${summary[change] - hidden.filter((object) => object.change === change).length} ${change}`,
  );
  return `${counts.join(", ")}, ${summary.alike} alike`;
}

function controllersText({ byController = 0 }: Comparison, shown: boolean): string[] {
  if (shown || byController === 0) return [];
  const more = `${amount(byController, "change")} by the cluster's own controllers`;
  return [`and ${more}, such as revisions and their ReplicaSets (--controllers shows them)`];
}

function sideText({ kind, name, time, server }: Side): string {
  const timestamp = time.replace(/\.\d+Z$/, "Z");
  return kind === "backup" ? `${name} (${timestamp})` : `the cluster ${name} (${server}, ${timestamp})`;
}

type Consequences = ReadonlyMap<string, readonly ObjectDifference[]>;

/** The lines of an object and of its consequences; of objects whose changes are equal, those of the first one. */
function objectText([object, ...others]: EqualChanges, consequences: Consequences, style: Style): Line[] {
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
      : direct.flatMap((each) => objectText([each], consequences, indented));
  return [title([object, ...others], style), ...[...fields, ...children].map((line) => joined(INDENT, line))];
}

/** `~ ConfigMap shop/a`, or `~ ConfigMap (12): shop/a, shop/b, shop/c and 9 more`. */
function title(objects: EqualChanges, style: Style): Line {
  const { colors, titles } = style;
  const [{ change, kind, resource }] = objects;
  const names = objects.map(({ namespace, name }) => (namespace === null ? name : `${namespace}/${name}`));
  const count = objects.length === 1 ? "" : ` (${objects.length}):`;
  const text = `${SIGNS[change]} ${titles.get(resource) ?? kind}${count} ${someNames(names)}`;
  return colors.bold(colors[change](text));
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
