/** The text of a restore: its plan and its results. */

import { objectTitle } from "../../kubernetes/resource.ts";
import { formatTable } from "../../terminal/table.ts";
import { RESULTS, type RestoreTally, type Result, type ResultItem } from "./tally.ts";

/** Columns that every table has. Other columns appear when they are not zero. */
const ALWAYS_SHOWN: readonly Result[] = ["created", "unchanged", "skipped", "failed"];

/** The titles of the results in a plan. */
const PLANNED: Record<Result, string> = {
  created: "to create",
  updated: "to update",
  replaced: "to replace",
  unchanged: "unchanged",
  skipped: "to skip",
  deleted: "to delete",
  failed: "would fail",
};

/** Results that change the cluster. */
const CHANGES: readonly Result[] = ["created", "updated", "replaced", "deleted"];

/** Results that delete an object. The report of a restore names these objects. */
const DELETIONS: readonly Result[] = ["replaced", "deleted"];

/** The maximum number of names a kind in the plan's table, and of failures below the table. */
const NAMES_SHOWN = 3;
const FAILURES_SHOWN = 20;

/** How many objects that are left as they are a report names. */
const SKIPPED_SHOWN = 20;

/** How many of them are kept, so that the first in the order of names are most often those that are shown. */
export const SKIPPED_KEPT = 1_000;

/** `Deployment shop/web`. */
export function titleOf(item: Pick<ResultItem, "kind" | "namespace" | "name">): string {
  return objectTitle(item.kind, item);
}

/** Options of {@link describeReport}. */
export interface ReportOptions {
  backup: string;
  tally: RestoreTally;
  notes: readonly string[];
  dryRun: boolean;
}

/**
 * The report of a restore or dry run: counts by kind, and the names of deleted objects, or in a dry run of all
 * objects that would change.
 */
export function describeReport({ backup, tally, notes, dryRun }: ReportOptions): string {
  const summary = tally.summary();
  const counts = shownResults(summary).map(
    (result) => `${summary[result]} ${dryRun ? PLANNED[result] : result}`,
  );
  return [
    describeCounts(tally, { planned: dryRun, names: false }),
    ...(dryRun ? CHANGES : DELETIONS).flatMap((result) =>
      listOf(tally.items, { result, title: dryRun ? PLANNED[result] : result }),
    ),
    ...tally.failures.map(describeFailure),
    ...notes,
    ...describeSkipped(tally, { planned: dryRun }),
    dryRun
      ? `${backup} not restored, this is a dry run: ${counts.join(", ")}`
      : `${backup} restored: ${counts.join(", ")}`,
  ].join("\n");
}

/** The plan that the user approves: counts by kind, with the first names. */
export function describePlan(tally: RestoreTally, notes: readonly string[]): string {
  const failures = tally.failures.slice(0, FAILURES_SHOWN).map(describeFailure);
  const more = tally.failures.length - failures.length;
  return [
    describeCounts(tally, { planned: true, names: true }),
    ...failures,
    ...(more > 0 ? [`and ${more} more that cannot be restored; --dry-run shows all`] : []),
    ...notes,
    ...describeSkipped(tally, { planned: true }),
  ].join("\n");
}

function describeCounts(
  tally: RestoreTally,
  { planned, names }: { planned: boolean; names: boolean },
): string {
  const results = shownResults(tally.summary());
  const rows = Object.entries(tally.byKind()).map(([kind, counts]) => [
    kind,
    ...results.map((result) => String(counts[result])),
    ...(names ? [firstNames(tally.items, kind)] : []),
  ]);
  const title = (result: Result) => (planned ? PLANNED[result] : result).toUpperCase();
  return formatTable({
    columns: [
      { title: "KIND" },
      ...results.map((result) => ({ title: title(result), align: "right" as const })),
      ...(names ? [{ title: "CHANGED" }] : []),
    ],
    rows,
  });
}

function shownResults(summary: Record<Result, number>): Result[] {
  return RESULTS.filter((result) => ALWAYS_SHOWN.includes(result) || summary[result] > 0);
}

/** The names of the first objects of a kind that change. */
function firstNames(items: readonly ResultItem[], kind: string): string {
  const changed = items.filter((item) => item.kind === kind && CHANGES.includes(item.outcome));
  const names = changed
    .slice(0, NAMES_SHOWN)
    .map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`));
  return [...names, ...(changed.length > NAMES_SHOWN ? ["…"] : [])].join(", ");
}

/** The objects with a given result, each with its note. A note that several objects share becomes a heading. */
function listOf(
  items: readonly ResultItem[],
  { result, title }: { result: Result; title: string },
): string[] {
  // Concurrent requests finish in any order.
  const chosen = items
    .filter(({ outcome }) => outcome === result)
    .toSorted((left, right) => (titleOf(left) < titleOf(right) ? -1 : 1));
  const byReason = Map.groupBy(chosen, ({ reason }) => reason ?? "");
  const alone = chosen.filter(({ reason = "" }) => reason === "" || byReason.get(reason)?.length === 1);
  const shared = [...byReason].filter(([reason, group]) => reason !== "" && group.length > 1);
  return [
    ...section(capital(title), alone, ({ reason }) => (reason === undefined ? "" : `: ${reason}`)),
    ...shared.flatMap(([reason, group]) => section(`${capital(title)}, ${reason}`, group, () => "")),
  ];
}

function section(title: string, items: readonly ResultItem[], more: (item: ResultItem) => string): string[] {
  return items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  ${titleOf(item)}${more(item)}`)];
}

function describeFailure(item: ResultItem): string {
  return `Cannot ${item.deletion === true ? "delete" : "restore"} ${titleOf(item)}: ${item.reason ?? "it was refused"}`;
}

/** The objects that are left as they are, by name: what the backup has and the cluster does not get. */
function describeSkipped(tally: RestoreTally, { planned }: { planned: boolean }): string[] {
  const { skipped } = tally.summary();
  if (skipped === 0) return [];
  const how = planned ? "would be left" : "left";
  const named = tally.items
    .filter(({ outcome }) => outcome === "skipped")
    .map((item) => `  ${titleOf(item)}${item.reason === undefined ? "" : `: ${item.reason}`}`)
    .sort()
    .slice(0, SKIPPED_SHOWN);
  const more = skipped - named.length;
  return [
    `${skipped} exist and differ from the backup: ${how} as they are (--existing update writes them over)`,
    ...named,
    ...(more > 0 ? [`  and ${more} more: -o json names all of them`] : []),
  ];
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
