import { formatTable } from "../terminal/table.ts";
import { evaluate } from "./jsonpath/evaluate-jsonpath.ts";
import { goText } from "./jsonpath/go-values.ts";
import type { CustomColumn } from "./output-format.ts";
import { safeCell } from "./safe-cell.ts";

/** The cells of one object, as `kubectl get -o custom-columns=…` prints them. A missing field is `<none>`. */
export function customCells(columns: readonly CustomColumn[], object: unknown): string[] {
  return columns.map(({ path }) => {
    const found = evaluate(path, object);
    return found.length === 0 ? "<none>" : safeCell(found.map(goText).join(","));
  });
}

/** Formats the table of custom columns, without a final newline. */
export function formatCustomColumns(
  columns: readonly CustomColumn[],
  rows: readonly (readonly string[])[],
  { titles }: { titles: boolean },
): string {
  const text = formatTable({ columns: columns.map(({ title }) => ({ title })), rows });
  return titles ? text : text.slice(text.indexOf("\n") + 1);
}
