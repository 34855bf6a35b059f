/** What `diff` writes for people: a block for each object, what follows from it indented below. */

import type { Change, Comparison, ObjectDifference, Side } from "../document.ts";
import { type Colors, colorsOf } from "./colors.ts";
import { fieldText, type TextStyle } from "./field-text.ts";

/** Options of {@link comparisonText}. */
export interface ComparisonTextOptions {
  colored: boolean;
  /** Columns of the terminal; a usual number where there is none. */
  width: number | undefined;
}

const INDENT = "    ";
const USUAL_WIDTH = 120;
/** Values on less cannot be read. */
const LEAST_WIDTH = 40;
/** Up to these, the objects of a namespace that came or went are named; beyond, they are counted. */
const MOST_NAMED = 10;

const SIGNS: Record<Change, string> = { added: "+", changed: "~", removed: "-" };

/** The lines of a comparison, the counts last. */
export function comparisonText(comparison: Comparison, { colored, width }: ComparisonTextOptions): string {
  const colors = colorsOf(colored);
  const style = { colors, width: Math.max(LEAST_WIDTH, width ?? USUAL_WIDTH) };
  const followers = Map.groupBy(
    comparison.objects.filter(({ follows }) => follows !== undefined),
    ({ follows }) => (follows === undefined ? "" : idOf(follows)),
  );
  const blocks = comparison.objects
    .filter(({ follows }) => follows === undefined)
    .map((object) => objectText(object, followers, style).join("\n"));
  const { left, right, notes, summary } = comparison;
  const head = [colors.removed(`--- ${sideText(left)}`), colors.added(`+++ ${sideText(right)}`)].join("\n");
  return [
    head,
    ...blocks,
    ...(notes.length === 0 ? [] : [notes.map((note) => colors.changed(`note: ${note}`)).join("\n")]),
    colors.bold(
      `${summary.added} added, ${summary.changed} changed, ${summary.removed} removed, ${summary.alike} alike`,
    ),
  ].join("\n\n");
}

function sideText({ kind, name, time, server }: Side): string {
  const moment = time.replace(/\.\d+Z$/, "Z");
  return kind === "backup" ? `${name} (${moment})` : `the cluster ${name} (${server}, ${moment})`;
}

type Followers = ReadonlyMap<string, readonly ObjectDifference[]>;

/** The lines of an object and of all that follows from it. */
function objectText(object: ObjectDifference, followers: Followers, style: TextStyle): string[] {
  const { colors } = style;
  const below: TextStyle = { colors, width: Math.max(LEAST_WIDTH, style.width - INDENT.length) };
  const following = followers.get(idOf(object)) ?? [];
  const fields = object.fields.flatMap((field) => {
    const lines = fieldText(field, below);
    return field.follows === true ? lines.map((line) => colors.dim(line)) : lines;
  });
  const inIt = object.kind === "Namespace" ? withFollowers(object, followers).slice(1) : [];
  const children =
    inIt.length > MOST_NAMED
      ? [countsText(inIt)]
      : following.flatMap((each) => objectText(each, followers, below));
  return [title(object, colors), ...[...fields, ...children].map((line) => INDENT + line)];
}

function title({ change, kind, namespace, name }: ObjectDifference, colors: Colors): string {
  return colors.bold(
    colors[change](`${SIGNS[change]} ${kind} ${namespace === null ? "" : `${namespace}/`}${name}`),
  );
}

/** `and 23 objects in it: ConfigMap 4, Deployment 3`. */
function countsText(objects: readonly ObjectDifference[]): string {
  const kinds = Object.entries(Object.groupBy(objects, ({ kind }) => kind));
  return `and ${objects.length} objects in it: ${kinds.map(([kind, each]) => `${kind} ${each?.length}`).join(", ")}`;
}

/** The object, and below it what follows from it, and from that. */
function withFollowers(object: ObjectDifference, followers: Followers): ObjectDifference[] {
  const following = followers.get(idOf(object)) ?? [];
  return [object, ...following.flatMap((each) => withFollowers(each, followers))];
}

function idOf({ kind, namespace, name }: Pick<ObjectDifference, "kind" | "namespace" | "name">): string {
  return `${kind}/${namespace ?? ""}/${name}`;
}
