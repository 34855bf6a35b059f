import { stripVTControlCharacters } from "node:util";

/** A column of a table. */
export interface Column {
  title: string;
  /** Left unless said otherwise; numbers go to the right. */
  align?: "left" | "right";
  /**
   * The narrowest that its cells, but not its title, are shortened to where the table is too wide. Without it they
   * stay whole: names get copied.
   */
  least?: number;
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
export const GAP = "   ";
const ELLIPSIS = "…";

/** Lines up columns as kubectl does: a line of titles, no rules, no spaces at the end of a line. */
export function formatTable({ columns, rows, width }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const natural = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, textWidth(line[index] ?? "")), 0),
  );
  const widths = width === undefined ? natural : shrink(natural, columns, width);
  const fitting = (line: readonly string[]) =>
    columns.map((_, index) => shorten(line[index] ?? "", widths[index] ?? 0));
  return lines.map((line) => formatRow(fitting(line), columns, widths)).join("\n");
}

/** One line of cells: each at its column's side of its width, a wider one as it is. */
export function formatRow(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): string {
  const padded = columns.map(({ align }, index) => {
    const cell = cells[index] ?? "";
    const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)));
    return align === "right" ? padding + cell : cell + padding;
  });
  return padded.join(GAP).trimEnd();
}

/** Takes what is too much from the columns that may be shortened, from the widest first. */
function shrink(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = [...natural];
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, gaps) - width;
  for (; excess > 0; excess -= 1) {
    const yielding = columns
      .map(({ title, least = Number.POSITIVE_INFINITY }, index) => ({
        index,
        width: widths[index] ?? 0,
        least: Math.max(least, textWidth(title)),
      }))
      .filter(({ width, least }) => width > least);
    const [widest] = yielding.sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    widths[widest.index] = widest.width - 1;
  }
  return widths;
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
