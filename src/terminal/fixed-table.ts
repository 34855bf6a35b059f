/** Tables of which each line is written as it comes: their columns are as wide as said beforehand. */

import { type Column, formatRow, GAP } from "./table.ts";

/** A column of a width of its own. */
export interface FixedColumn extends Column {
  /** In columns of the terminal. A longer cell is written all the same. */
  width: number;
  /** Where the terminal is too narrow for all, those with the smallest number go; without one, it stays. */
  drop?: number;
}

/** Writes the lines of a table, without line breaks at their ends. */
export interface FixedTable {
  title: string;
  /** One row of as many cells as there are columns. */
  row(cells: readonly string[]): string;
}

/** The narrowest that the last column gets: words are broken below that. */
const LEAST_REST = 16;

/**
 * Makes a table. The last column takes what is left of the width, and is wrapped there.
 *
 * @param width columns of the terminal; undefined where lines may be of any length.
 */
export function fixedTable(columns: readonly FixedColumn[], width: number | undefined): FixedTable {
  const shown = fitting(columns, width);
  const shownColumns = shown.map((index) => columns[index]).filter((column) => column !== undefined);
  const widths = shownColumns.map((column) => column.width);
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const rest = width === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_REST, width - before);
  const row = (cells: readonly string[]): string => {
    const first = shown.map((index) => cells[index] ?? "");
    const last = first.pop() ?? "";
    return (last.length <= rest ? [last] : wrap(last.trimEnd(), rest))
      .map((line, number) => [...(number === 0 ? first : first.map(() => "")), line])
      .map((line) => formatRow(line, shownColumns, widths))
      .join("\n");
  };
  return { title: row(columns.map(({ title }) => title)), row };
}

/** Indexes of the columns that fit; the last one with its own width. */
function fitting(columns: readonly FixedColumn[], width: number | undefined): number[] {
  const shown = columns.map((_, index) => index);
  const total = () =>
    shown.reduce((sum, index) => sum + (columns[index]?.width ?? 0) + GAP.length, -GAP.length);
  const droppable = shown
    .filter((index) => columns[index]?.drop !== undefined)
    .sort((a, b) => (columns[a]?.drop ?? 0) - (columns[b]?.drop ?? 0));
  while (width !== undefined && total() > width) {
    const dropped = droppable.shift();
    if (dropped === undefined) break;
    shown.splice(shown.indexOf(dropped), 1);
  }
  return shown;
}

/** Breaks between words, and within those that are longer than a line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return line === "" ? lines : [...lines, line];
}
