/** How `kube-backup prune` shows what it does with notes and reports that have outlived their backups. */

import type { OperatorError } from "../../errors.ts";
import { type SidePlace, sideKey } from "../../store/contract/side-objects.ts";
import { amount } from "../../words/amount.ts";
import type { RecordsPlan } from "./old-records.ts";
import { describeOutcomes, outcomeOf, type PruneOutcome } from "./outcomes.ts";

/** A note or a report in JSON. */
interface PrunedRecord extends PruneOutcome {
  /** Its key below the prefix: `notes/backup_20240131T120000Z.note`. */
  object: string;
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
  const json = places.map((place): PrunedRecord => ({ object: sideKey(place), ...outcomeOf(place, ended) }));
  const failures = json.flatMap(({ outcome, reason }) => (outcome === "failed" ? (reason ?? []) : []));
  const summary = describeOutcomes(json, amountOfRecords);
  return { json, text: [...failures, ...summary, ...(failure === undefined ? [] : [failure.message])] };
}
