/** How `kube-backup prune` shows what it does with notes and reports that have outlived their backups. */

import type { OperatorError } from "../../errors.ts";
import { LockedError } from "../../store/contract/locked-error.ts";
import { type SidePlace, sideKey } from "../../store/contract/side-objects.ts";
import { amount } from "../../words/amount.ts";
import type { RecordsPlan } from "./old-records.ts";

/** A note or a report in JSON. */
interface PrunedRecord {
  /** Its key below the prefix: `notes/backup_20240131T120000Z.note`. */
  object: string;
  outcome: "removed" | "planned" | "untouched" | "locked" | "failed";
  reason: string | null;
}

/** `4 old notes and reports`. */
export function amountOfRecords(count: number): string {
  return amount(count, "old note or report", "old notes and reports");
}

/**
 * The result as JSON and as text.
 *
 * @param ended the removals, where there were any.
 */
export function prunedRecords(
  { places, failure }: RecordsPlan,
  ended: ReadonlyMap<SidePlace, OperatorError | undefined> | undefined,
): { json: PrunedRecord[]; text: string[] } {
  const json = places.map((place): PrunedRecord => {
    const object = sideKey(place);
    if (ended === undefined) return { object, outcome: "planned", reason: null };
    if (!ended.has(place)) return { object, outcome: "untouched", reason: null };
    const error = ended.get(place);
    if (error === undefined) return { object, outcome: "removed", reason: null };
    return { object, outcome: error instanceof LockedError ? "locked" : "failed", reason: error.message };
  });
  const failures = json.flatMap(({ outcome, reason }) => (outcome === "failed" ? (reason ?? []) : []));
  const count = (outcome: PrunedRecord["outcome"]) => json.filter((each) => each.outcome === outcome).length;
  const amounts = [
    [count("removed"), "removed"],
    [count("planned"), "would be removed"],
    [count("failed"), "not removed"],
    [count("locked"), "locked"],
    [count("untouched"), "not tried"],
  ] as const;
  const summary = amounts
    .filter(([amount]) => amount > 0)
    .map(([amount, what]) => `${amountOfRecords(amount)} ${what}`);
  return { json, text: [...failures, ...summary, ...(failure === undefined ? [] : [failure.message])] };
}
