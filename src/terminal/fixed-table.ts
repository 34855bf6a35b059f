/** Tables with predetermined column widths, so that each row can be written immediately. */

import { visible } from "../words/visible.ts";
import { type Column, formatRow, GAP } from "./table.ts";
import { wrapWords } from "./wrap.ts";

/** A column with a fixed width. */
export interface FixedColumn extends Column {
  /** Width in terminal columns. A longer cell is not cut. */
  width: number;
  /**
   * On a narrow terminal, the columns with the smallest number are dropped first. A column without a number is never
   * dropped.
   */
  drop?: number;
}

/** Formats the lines of a table, without a final newline. */
export interface FixedTable {
  title: string;
  /** The lines of a row. `cells` has one cell for each column. */
  row(cells: readonly string[]): string[];
}

/** The minimum width of the last column. Longer words are broken. */
const MIN_LAST_WIDTH = 16;

/**
 * Creates a table. The last column takes the remaining width and wraps.
 *
 * @param width width of the terminal in columns; undefined for no limit.
 */
export function fixedTable(columns: readonly FixedColumn[], width: number | undefined): FixedTable {
  const shown = fitting(columns, width);
  const shownColumns = shown.map((index) => columns[index]).filter((column) => column !== undefined);
  const widths = shownColumns.map((column) => column.width);
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const rest = width === undefined ? Number.POSITIVE_INFINITY : Math.max(MIN_LAST_WIDTH, width - before);
  const row = (cells: readonly string[]): string[] => {
    const first = shown.map((index) => visible(cells[index] ?? ""));
    const last = first.pop() ?? "";
    return (last.length <= rest ? [last] : wrapWords(last.trimEnd(), rest, { breaks: true }))
      .map((line, number) => [...(number === 0 ? first : first.map(() => "")), line])
      .map((line) => formatRow(line, shownColumns, widths));
  };
  return { title: row(columns.map(({ title }) => title)).join("\n"), row };
}

/** Indexes of the columns that fit. The last column counts with its own width. */
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
