/** Tables of which each line is written as it comes: their columns are as wide as said beforehand. */

import type { Column } from "./table.ts";

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

const GAP = "   ";

/** The narrowest that the last column gets: words are broken below that. */
const LEAST_REST = 16;

/**
 * Makes a table. The last column takes what is left of the width, and is wrapped there.
 *
 * @param width columns of the terminal; undefined where lines may be of any length.
 */
export function fixedTable(columns: readonly FixedColumn[], width: number | undefined): FixedTable {
  const shown = fitting(columns, width);
  const before = shown
    .slice(0, -1)
    .reduce((sum, index) => sum + (columns[index]?.width ?? 0) + GAP.length, 0);
  const rest = width === undefined ? undefined : Math.max(LEAST_REST, width - before);
  const row = (cells: readonly string[]): string => {
    const padded = shown.map((index) => pad(cells[index] ?? "", columns[index]));
    const last = padded.pop() ?? "";
    const lines = rest === undefined || last.length <= rest ? [last] : wrap(last.trimEnd(), rest);
    const head = padded.map((cell) => cell + GAP).join("");
    return lines
      .map((line, number) => ((number === 0 ? head : " ".repeat(before)) + line).trimEnd())
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

function pad(cell: string, column: FixedColumn | undefined): string {
  const width = column?.width ?? 0;
  return column?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
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
