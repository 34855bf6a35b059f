import { formatTable } from "../terminal/table.ts";
import { evaluate } from "./jsonpath/evaluate-jsonpath.ts";
import { goText } from "./jsonpath/go-values.ts";
import type { CustomColumn } from "./output-format.ts";

/** The cells of one object, as `kubectl get -o custom-columns=…` prints them. A missing field is `<none>`. */
export function customCells(columns: readonly CustomColumn[], object: unknown): string[] {
  return columns.map(({ path }) => {
    const found = evaluate(path, object);
    return found.length === 0 ? "<none>" : found.map(goText).join(",");
  });
}

/** The lines of the table of custom columns. */
export function formatCustomColumns(
  columns: readonly CustomColumn[],
  rows: readonly (readonly string[])[],
  { titles }: { titles: boolean },
): string[] {
  const lines = formatTable({ columns: columns.map(({ title }) => ({ title })), rows });
  return titles ? lines : lines.slice(1);
}
