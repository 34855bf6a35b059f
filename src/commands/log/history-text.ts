/** The text of `kube-backup log`: a line for each change. */

import type { HistoryChange, HistoryEntry, HistoryGap } from "../../change-log/history/history-entry.ts";
import { EditBudget } from "../../compare/edit-budget.ts";
import { type Colors, colorsOf } from "../../compare/text/colors.ts";
import { fieldText } from "../../compare/text/field-text.ts";
import { shorten } from "../../compare/text/shorten.ts";
import { type KindTitles, kindTitles } from "../../kubernetes/kind-titles.ts";
import { objectTitle, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { joined, type Line } from "../../terminal/styled.ts";
import { visible } from "../../words/visible.ts";

/** Options of {@link historyText}. */
export interface HistoryTextOptions {
  colored: boolean;
  /** Columns of the terminal; undefined without one. */
  width: number | undefined;
  resources: readonly Resource[];
  /** Whether the values of the fields follow each line. */
  patch: boolean;
}

/** Writes the entries of a history as lines. */
export interface HistoryText {
  title: string;
  lines(entry: HistoryEntry): Line[];
}

const TIME_WIDTH = 20;
const OPERATION_WIDTH = 6;
const MANAGER_WIDTH = 16;
/** Columns of an object where there is no terminal, and the most of one. */
const OBJECT_WIDTH = 40;
const GAP = "  ";
const INDENT = "    ";
/** Objects and fields in fewer columns are unreadable. */
const LEAST = 16;
const DEFAULT_WIDTH = 120;

/** The lines of a history. */
export function historyText({ colored, width, resources, patch }: HistoryTextOptions): HistoryText {
  const colors = colorsOf(colored);
  const style = { colors, titles: kindTitles(resources), columns: columnsOf(width), width };
  const { object, manager } = style.columns;
  const title = [
    " TIME (UTC)".padEnd(TIME_WIDTH),
    "CHANGE".padEnd(OPERATION_WIDTH),
    "OBJECT".padEnd(object),
    ...(manager === 0 ? [] : ["MANAGER".padEnd(manager)]),
    "FIELDS",
  ].join(GAP);
  return {
    title,
    lines: (entry) => {
      if (entry.entry === "gap") return [gapLine(entry, colors)];
      return [changeLine(entry, style), ...(patch ? patchLines(entry, style) : [])];
    },
  };
}

/** The day and the second, in UTC: ` 2026-01-31 12:00:00`, after `≤` where only that is known. */
export function timeCell({ time, after }: Pick<HistoryChange, "time" | "after">): string {
  return `${after === undefined ? " " : "≤"}${clock(time)}`;
}

/** `deployment shop/web`. */
export function titleOf(
  { resource, namespace, name }: Pick<HistoryChange, "resource" | "namespace" | "name">,
  titles: KindTitles,
): string {
  return visible(objectTitle(titles.get(resourceName(resource)) ?? resource.kind, { namespace, name }));
}

/** `2026-01-31 12:00:00`. */
function clock(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}

interface Style {
  colors: Colors;
  titles: KindTitles;
  columns: Columns;
  width: number | undefined;
}

interface Columns {
  object: number;
  /** 0 where it is not shown. */
  manager: number;
  fields: number;
}

/** A narrow terminal has no managers, and shorter objects. */
function columnsOf(width: number | undefined): Columns {
  if (width === undefined)
    return { object: OBJECT_WIDTH, manager: MANAGER_WIDTH, fields: Number.POSITIVE_INFINITY };
  const rest = width - TIME_WIDTH - OPERATION_WIDTH - 2 * GAP.length;
  const manager = rest - MANAGER_WIDTH < 3 * LEAST + 2 * GAP.length ? 0 : MANAGER_WIDTH;
  const withoutManager = rest - (manager === 0 ? 0 : manager + GAP.length);
  const object = Math.max(LEAST, Math.min(OBJECT_WIDTH, Math.floor(withoutManager / 2)));
  return { object, manager, fields: Math.max(LEAST, withoutManager - object - GAP.length) };
}

const SIGNS = { create: "added", update: "changed", delete: "removed" } as const;

function changeLine(change: HistoryChange, { colors, titles, columns }: Style): Line {
  const { operation, manager } = change;
  const object = titleOf(change, titles);
  const cells = [
    object.padEnd(columns.object),
    ...(columns.manager === 0
      ? []
      : [shorten(visible(manager ?? "-"), columns.manager).padEnd(columns.manager)]),
  ];
  // What is longer than its column takes of the fields.
  const beyond = Math.max(0, object.length - columns.object);
  const fields = shorten(fieldsText(change), Math.max(1, columns.fields - beyond));
  return joined(
    `${timeCell(change)}${GAP}`,
    colors[SIGNS[operation]](operation.padEnd(OPERATION_WIDTH)),
    `${GAP}${cells.join(GAP)}${fields === "" ? "" : `${GAP}${fields}`}`.trimEnd(),
  );
}

function fieldsText({ operation, changes }: HistoryChange): string {
  if (operation !== "update") return "";
  if (changes.length === 0) return "only who manages which fields";
  return changes.map(({ path }) => visible(path)).join(", ");
}

function patchLines({ changes }: HistoryChange, { colors, width = DEFAULT_WIDTH }: Style): Line[] {
  const budget = new EditBudget();
  const style = { colors, width: Math.max(LEAST, width - INDENT.length), budget };
  return [...changes.flatMap((field) => fieldText(field, style)).map((line) => joined(INDENT, line)), ""];
}

function gapLine({ after, time, reason }: HistoryGap, colors: Colors): Line {
  return colors.changed(
    `-- gap from ${clock(after)} to ${clock(time)}: ${visible(reason)}; what follows was inferred --`,
  );
}
