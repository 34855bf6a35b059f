/** How `kube-backup prune` shows its work. docs/commands/prune.md documents the JSON. */

import type { Decision } from "../../retention/keep.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { type FixedColumn, fixedTable } from "../../terminal/fixed-table.ts";

/** The outcome for a backup that no rule keeps. */
export type Outcome =
  | { outcome: "removed" }
  /** Would be removed without --dry-run. */
  | { outcome: "planned" }
  /** A safety check prevents all removals. */
  | { outcome: "refused" }
  /** The program was interrupted first. */
  | { outcome: "untouched" }
  /** An object lock keeps it. */
  | { outcome: "locked"; reason: string }
  /** It was tagged after the plan was made. */
  | { outcome: "tagged"; reason: string }
  | { outcome: "failed"; reason: string };

/** A backup in JSON. */
interface PrunedBackup {
  name: string;
  keep: boolean;
  reasons: readonly string[];
  outcome: Outcome["outcome"] | "kept";
  /** Why it was not removed; null where there is nothing to say. */
  reason: string | null;
}

const COLUMNS: readonly FixedColumn[] = [
  { title: "BACKUP", width: 23 },
  { title: "AGE", width: 9, drop: 1 },
  { title: "SIZE", width: 8, align: "right", drop: 0 },
  { title: "PLAN", width: 6 },
  { title: "REASONS", width: 24 },
];

/** The lines of the table: the decision about each backup. */
export function* pruneTable(
  decisions: readonly Decision<StoredBackup>[],
  { asOf, width }: { asOf: Date; width: number | undefined },
): Generator<string> {
  if (decisions.length === 0) return;
  const table = fixedTable(COLUMNS, width);
  yield table.title;
  for (const { backup, keep, reasons } of decisions) {
    const age = formatAge(asOf.getTime() - backup.time.getTime());
    const plan = keep ? "keep" : "remove";
    yield* table.row([backup.name, age, formatBytes(backup.size), plan, reasons.join(", ")]);
  }
}

/** The result as JSON and as text. The text follows the table. */
export function prunedBackups(
  decisions: readonly Decision<StoredBackup>[],
  outcomeOf: (name: string) => Outcome,
): { json: PrunedBackup[]; text: string[] } {
  const json = decisions.map(({ backup: { name }, keep, reasons }): PrunedBackup => {
    const facts = { name, keep, reasons, reason: null };
    return keep ? { ...facts, outcome: "kept" } : { ...facts, ...outcomeOf(name) };
  });
  if (json.length === 0) return { json, text: [] };
  const count = (outcome: PrunedBackup["outcome"]) => json.filter((each) => each.outcome === outcome).length;
  const failures = json.flatMap(({ reason }) => reason ?? []);
  const amounts = [
    [count("removed"), "removed"],
    [count("planned"), "would be removed"],
    [count("failed"), "not removed"],
    [count("locked"), "locked"],
    [count("tagged"), "tagged meanwhile"],
    [count("untouched"), "not tried"],
    [count("refused"), "held back"],
  ] as const;
  const summary = amounts.filter(([amount]) => amount > 0).map(([amount, what]) => `${amount} ${what}`);
  if (summary.length === 0) summary.push("nothing to remove");
  return { json, text: [...failures, [...summary, `${count("kept")} kept`].join(", ")] };
}
