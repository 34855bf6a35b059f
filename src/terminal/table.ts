/** A column of a table. */
export interface Column {
  title: string;
  /** Left unless said otherwise; numbers go to the right. */
  align?: "left" | "right";
}

/** What a table shows: as many cells a row as there are columns. */
export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
}

/** Space between two columns. */
const GAP = "   ";

/** Lines up columns as kubectl does: a line of titles, no rules, no spaces at the end of a line. */
export function formatTable({ columns, rows }: Table): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ""))));
  return lines.map((line) => formatLine(line, columns, widths)).join("\n");
}

function formatLine(line: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const cells = columns.map(({ align }, index) => {
    const cell = line[index] ?? "";
    const padding = " ".repeat((widths[index] ?? 0) - width(cell));
    return align === "right" ? padding + cell : cell + padding;
  });
  return cells.join(GAP).trimEnd();
}

/** Columns of a terminal. Names in Kubernetes are ASCII, so that code points are counted and no more. */
function width(text: string): number {
  return [...text].length;
}
