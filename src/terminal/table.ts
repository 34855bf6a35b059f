import { visible } from "../words/visible.ts";

/** A column of a table. */
export interface Column {
  title: string;
  /** Left by default; numbers are right-aligned. */
  align?: "left" | "right";
  /**
   * The minimum width to which cells are shortened in a table that is too wide. The title is never shortened. Without
   * a minimum, cells are never shortened, since users copy names.
   */
  minWidth?: number;
}

/** The content of a table. Each row has one cell for each column. */
export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  /** Width of the terminal in columns; undefined for no limit. */
  width?: number | undefined;
}

/** The gap between two columns. */
export const GAP = "   ";
const ELLIPSIS = "…";

/** Aligns columns as kubectl does: a line of titles, no rules, no trailing spaces. Each row is one line, whatever its cells hold. */
export function formatTable({ columns, rows, width }: Table): string[] {
  const lines = [columns.map(({ title }) => title), ...rows].map((line) => line.map(visible));
  const natural = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, textWidth(line[index] ?? "")), 0),
  );
  const widths = width === undefined ? natural : shrink(natural, columns, width);
  const fitting = (line: readonly string[]) =>
    columns.map((_, index) => shorten(line[index] ?? "", widths[index] ?? 0));
  return lines.map((line) => formatRow(fitting(line), columns, widths));
}

/** Formats one row of visible cells. Cells are padded to their column's width; wider cells are not cut. */
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

/** Reduces the widths to fit, one column at a time from the widest column that may be shortened. */
function shrink(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = [...natural];
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, gaps) - width;
  for (; excess > 0; excess -= 1) {
    const shrinkable = columns
      .map(({ title, minWidth = Number.POSITIVE_INFINITY }, index) => ({
        index,
        width: widths[index] ?? 0,
        minWidth: Math.max(minWidth, textWidth(title)),
      }))
      .filter(({ width, minWidth }) => width > minWidth);
    const [widest] = shrinkable.sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    widths[widest.index] = widest.width - 1;
  }
  return widths;
}

/** Cuts a text to a width and appends an ellipsis. */
function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return [...text].slice(0, Math.max(0, width - ELLIPSIS.length)).join("") + ELLIPSIS;
}

/** The width in terminal columns. Counts code points, since Kubernetes names are ASCII. */
function textWidth(text: string): number {
  return [...text].length;
}
