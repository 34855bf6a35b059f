import { stripVTControlCharacters } from "node:util";

/** A column of a table. */
export interface Column {
  title: string;
  /** Left unless said otherwise; numbers go to the right. */
  align?: "left" | "right";
  /** Whether its cells may be shortened where the table is too wide: reasons may, names that get copied may not. */
  shrink?: boolean;
}

/** What a table shows: as many cells a row as there are columns. */
export interface Table {
  columns: readonly Column[];
  /** Cells may have colours. */
  rows: readonly (readonly string[])[];
  /** Columns of the terminal; undefined where lines may be of any length. */
  width?: number | undefined;
}

/** Space between two columns. */
const GAP = "   ";
/** The narrowest that a column is shortened to. */
const LEAST = 8;
const ELLIPSIS = "…";

/** Lines up columns as kubectl does: a line of titles, no rules, no spaces at the end of a line. */
export function formatTable({ columns, rows, width }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const natural = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, textWidth(line[index] ?? "")), 0),
  );
  const widths = width === undefined ? natural : shrink(natural, columns, width);
  return lines.map((line) => formatLine(line, columns, widths)).join("\n");
}

/** Takes what is too much from the columns that may be shortened, from the widest first. */
function shrink(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = [...natural];
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, gaps) - width;
  for (; excess > 0; excess -= 1) {
    const shortened = columns
      .map((column, index) => ({ index, width: widths[index] ?? 0, least: leastWidth(column) }))
      .filter(({ index, width, least }) => columns[index]?.shrink === true && width > least);
    const [widest] = shortened.sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    widths[widest.index] = widest.width - 1;
  }
  return widths;
}

function leastWidth({ title }: Column): number {
  return Math.max(LEAST, textWidth(title));
}

function formatLine(line: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const cell = shorten(line[index] ?? "", widths[index] ?? 0);
    const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)));
    return align === "right" ? padding + cell : cell + padding;
  });
  return cells.join(GAP).trimEnd();
}

/** Cuts a text off at a width, with an ellipsis; colours that were switched on are still switched off. */
function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let left = width - ELLIPSIS.length;
  let shortened = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin.
  for (const [part] of text.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    const color = part.length > 1 && part.startsWith("\u001b");
    if (!color) left -= 1;
    if (color || left >= 0) shortened += part;
    else if (left === -1) shortened += ELLIPSIS;
  }
  return shortened;
}

/**
 * Columns of a terminal, without colours. Names in Kubernetes are ASCII, so that code points are
 * counted and no more.
 */
function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
