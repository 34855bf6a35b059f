import type { KindTitles } from "../../kubernetes/kind-titles.ts";
import { formatTable } from "../../terminal/table.ts";
import type { Change, ObjectDifference } from "../document.ts";

const CHANGES: readonly Change[] = ["added", "changed", "removed"];

/** A table of how many objects of each kind differ, in the order of the kinds. */
export function summaryText(objects: readonly ObjectDifference[], titles: KindTitles): string[] {
  const byKind = Map.groupBy(objects, ({ resource, kind }) => titles.get(resource) ?? kind);
  if (byKind.size === 0) return ["Nothing differs"];
  return formatTable({
    columns: [
      { title: "KIND" },
      ...CHANGES.map((change) => ({ title: change.toUpperCase(), align: "right" as const })),
    ],
    rows: [...byKind].map(([title, each]) => [
      title,
      ...CHANGES.map((change) => String(each.filter((object) => object.change === change).length)),
    ]),
  });
}
