import { stripVTControlCharacters } from "node:util";

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
  /** Cells may contain color codes. */
  rows: readonly (readonly string[])[];
  /** Width of the terminal in columns; undefined for no limit. */
  width?: number | undefined;
}

/** The gap between two columns. */
export const GAP = "   ";
const ELLIPSIS = "…";

/** Aligns columns as kubectl does: one header line, no rules, no trailing spaces. */
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

/** Formats one row. Cells are padded to their column's width; wider cells are not cut. */
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

/** Cuts a text to a width and appends an ellipsis. Color codes after the cut are kept, so that colors are reset. */
function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let left = width - ELLIPSIS.length;
  let shortened = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: color codes start with a control character.
  for (const [part] of text.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    const color = part.length > 1 && part.startsWith("\u001b");
    if (!color) left -= 1;
    if (color || left >= 0) shortened += part;
    else if (left === -1) shortened += ELLIPSIS;
  }
  return shortened;
}

/** The width in terminal columns, without color codes. Counts code points, since Kubernetes names are ASCII. */
function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
