import type { Table } from "../terminal/table.ts";

/** Space between two columns of a table. */
const GAP = 3;

/** No column becomes narrower, nor than its title. */
const NARROWEST = 12;

/**
 * Shortens the widest cells of a table, with "…" at their end, until its lines fit. The first columns,
 * which name the object, stay whole: a table that is too wide for that stays too wide.
 *
 * @param whole how many columns stay whole.
 */
export function fitWidth({ columns, rows }: Table, width: number, whole: number): Table {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => length(line[index] ?? ""))));
  const least = columns.map(({ title }, index) =>
    index < whole ? (widths[index] ?? 0) : Math.max(NARROWEST, length(title)),
  );
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP * (columns.length - 1) - width;
  while (excess > 0) {
    const widest = widestThatYields(widths, least);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return { columns, rows: rows.map((row) => row.map((cell, index) => shorten(cell, widths[index] ?? 0))) };
}

function widestThatYields(widths: readonly number[], least: readonly number[]): number | undefined {
  let found: number | undefined;
  for (const [index, width] of widths.entries()) {
    if (width > (least[index] ?? 0) && (found === undefined || width > (widths[found] ?? 0))) found = index;
  }
  return found;
}

function shorten(cell: string, width: number): string {
  return length(cell) <= width ? cell : `${[...cell].slice(0, width - 1).join("")}…`;
}

function length(text: string): number {
  return [...text].length;
}
