/** The text of a restore: its plan and its results. */

import {
  describeFailures,
  type FailureGroup,
  groupFailures,
  remedyOf,
} from "../../restore/report/failure-groups.ts";
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

/** The maximum number of names a kind in the plan's table. */
const NAMES_SHOWN = 3;

/** Whether a plan changes nothing, and nothing of it would fail. */
export function changesNothing(summary: Record<Result, number>): boolean {
  return [...CHANGES, "failed" as const].every((result) => summary[result] === 0);
}

/** What is said where there is nothing to ask about. */
export function describeNothingToDo(backup: string, { unchanged, skipped }: Record<Result, number>): string {
  const counts = [`${unchanged} unchanged`, ...(skipped === 0 ? [] : [`${skipped} skipped`])];
  return `Nothing to restore of ${backup}: ${counts.join(", ")}`;
}

/** How many objects that are left as they are a report names. */
const SKIPPED_SHOWN = 20;

/** How many of them are kept, so that the first in the order of names are most often those that are shown. */
const SKIPPED_KEPT = 1_000;

/** Whether one more skipped object is kept, to be named: a cluster can have a million. */
export function keepFirstSkipped(): () => boolean {
  let skipped = 0;
  return () => {
    skipped += 1;
    return skipped <= SKIPPED_KEPT;
  };
}

/** How many objects of each other result are kept, to be named. */
const KEPT = 10_000;

/** Whether one more object of a result is kept, to be named: a dry run may have a million to create. */
export function keepFirstOfResult(): (result: Result) => boolean {
  const counts = new Map<Result, number>();
  return (result) => {
    const count = (counts.get(result) ?? 0) + 1;
    counts.set(result, count);
    return count <= KEPT;
  };
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
export function describeReport({ backup, tally, notes, dryRun }: ReportOptions): string[] {
  const summary = tally.summary();
  const counts = shownResults(summary).map(
    (result) => `${summary[result]} ${dryRun ? PLANNED[result] : result}`,
  );
  return [
    ...describeCounts(tally, { planned: dryRun }),
    ...(dryRun ? CHANGES : DELETIONS).flatMap((result) =>
      listOf(tally, { result, title: dryRun ? PLANNED[result] : result }),
    ),
    // What differs and is left by the policy has no reason of its own.
    ...listOf(tally, { result: "skipped", title: dryRun ? PLANNED.skipped : "skipped" }),
    ...describeFailed(tally, { planned: dryRun }),
    ...notes,
    ...describeSkipped(tally, { planned: dryRun }),
    dryRun
      ? `${backup} not restored, this is a dry run: ${counts.join(", ")}`
      : `${backup} restored: ${counts.join(", ")}`,
  ];
}

/** The plan that the user approves: counts by kind, and below them the first names. */
export function describePlan(tally: RestoreTally, notes: readonly string[]): string[] {
  const remedy = remedyOf(failureGroups(tally));
  return [
    ...describeCounts(tally, { planned: true }),
    ...describeChanges(tally),
    ...describeFailed(tally, { planned: true }),
    ...(remedy === undefined ? [] : [`${remedy} before the restore`]),
    ...notes,
    ...listOf(tally, { result: "skipped", title: PLANNED.skipped }),
    ...describeSkipped(tally, { planned: true }),
  ];
}

/** The first names of what would change, by kind. They stand in a list, since a table with them is wider than a terminal. */
function describeChanges(tally: RestoreTally): string[] {
  const rows = tally
    .byResource()
    .map(({ resource, title }) => [title, firstNames(tally.items, resource)])
    .filter(([, names]) => names !== "");
  const [, ...lines] = formatTable({ columns: [{ title: "" }, { title: "" }], rows });
  return lines.length === 0 ? [] : ["", ...section("To change", lines)];
}

function describeCounts(tally: RestoreTally, { planned }: { planned: boolean }): string[] {
  const results = shownResults(tally.summary());
  const rows = tally
    .byResource()
    .map(({ title, counts }) => [title, ...results.map((result) => String(counts[result]))]);
  const title = (result: Result) => (planned ? PLANNED[result] : result).toUpperCase();
  return formatTable({
    columns: [
      { title: "KIND" },
      ...results.map((result) => ({ title: title(result), align: "right" as const })),
    ],
    rows,
  });
}

function shownResults(summary: Record<Result, number>): Result[] {
  return RESULTS.filter((result) => ALWAYS_SHOWN.includes(result) || summary[result] > 0);
}

/** The names of the first objects of a resource that change. */
function firstNames(items: readonly ResultItem[], resource: string): string {
  const changed = items.filter((item) => item.resource === resource && CHANGES.includes(item.outcome));
  const names = changed
    .slice(0, NAMES_SHOWN)
    .map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`));
  return [...names, ...(changed.length > NAMES_SHOWN ? ["…"] : [])].join(", ");
}

/** The objects with a given result, each with its note. A note that several objects share becomes a heading. */
function listOf(tally: RestoreTally, { result, title }: { result: Result; title: string }): string[] {
  // Concurrent requests finish in any order.
  const titleOf = (item: ResultItem) => tally.titleOf(item);
  const chosen = tally.items
    .filter(({ outcome, reason }) => outcome === result && (outcome !== "skipped" || reason !== undefined))
    .toSorted((left, right) => (titleOf(left) < titleOf(right) ? -1 : 1));
  const byReason = Map.groupBy(chosen, ({ reason }) => reason ?? "");
  const alone = chosen.filter(({ reason = "" }) => reason === "" || byReason.get(reason)?.length === 1);
  const shared = [...byReason].filter(([reason, group]) => reason !== "" && group.length > 1);
  const more = result === "skipped" ? 0 : tally.summary()[result] - chosen.length;
  return [
    ...section(
      capital(title),
      alone.map((item) => `${titleOf(item)}${item.reason === undefined ? "" : `: ${item.reason}`}`),
    ),
    ...shared.flatMap(([reason, group]) => section(`${capital(title)}, ${reason}`, group.map(titleOf))),
    ...(more > 0 ? [`and ${more} more ${title}: -o json names all of them`] : []),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** The failures by kind and reason, the most frequent first. */
export function failureGroups(tally: RestoreTally): FailureGroup[] {
  return groupFailures(tally.failures.map((item) => ({ ...item, kind: tally.kindOf(item) })));
}

function describeFailed(tally: RestoreTally, { planned }: { planned: boolean }): string[] {
  const { length } = tally.failures;
  if (length === 0) return [];
  const objects = length === 1 ? "1 object" : `${length} objects`;
  return [`${objects} ${planned ? "would fail" : "failed"}:`, ...describeFailures(failureGroups(tally))];
}

/** The objects that are left as they are, by name: what the backup has and the cluster does not get. */
function describeSkipped(tally: RestoreTally, { planned }: { planned: boolean }): string[] {
  const kept = tally.items.filter(({ outcome }) => outcome === "skipped");
  const byPolicy = kept.filter(({ reason }) => reason === undefined);
  // Those with a reason of their own are listed with it.
  const skipped = tally.summary().skipped - (kept.length - byPolicy.length);
  if (skipped === 0) return [];
  const how = planned ? "would be left" : "left";
  const named = byPolicy
    .map((item) => `  ${tally.titleOf(item)}`)
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
