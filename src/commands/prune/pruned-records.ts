/** How `kube-backup prune` shows what it does with notes, reports and tags whose backups are gone. */

import type { OperatorError } from "../../errors.ts";
import { type SidePlace, sideKey } from "../../store/contract/side-objects.ts";
import { amount } from "../../words/amount.ts";
import type { RecordsPlan } from "./old-records.ts";
import { describeOutcomes, outcomeOf, type PruneOutcome } from "./outcomes.ts";

/** A note, a report or the tags of a backup in JSON. */
interface PrunedRecord extends PruneOutcome {
  /** Its key below the prefix: `notes/backup_20240131T120000Z.note`. */
  object: string;
}

/** `4 old notes and reports and 1 list of tags without a backup`; empty for none. */
export function amountOfRecords(places: readonly SidePlace[]): string {
  const tags = places.filter(isOfTags).length;
  const old = places.length - tags;
  return [...(old > 0 ? [amountOfOld(old)] : []), ...(tags > 0 ? [amountOfTags(tags)] : [])].join(" and ");
}

function isOfTags({ folder }: Pick<SidePlace, "folder">): boolean {
  return folder === "tags";
}

function amountOfOld(count: number): string {
  return amount(count, "old note or report", "old notes and reports");
}

function amountOfTags(count: number): string {
  return amount(count, "list of tags without a backup", "lists of tags without a backup");
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
  const pruned = (place: SidePlace): PrunedRecord => ({ object: sideKey(place), ...outcomeOf(place, ended) });
  const [tags, old] = [places.filter(isOfTags), places.filter((place) => !isOfTags(place))];
  const json = [...tags, ...old].map(pruned);
  const failures = json.flatMap(({ outcome, reason }) => (outcome === "failed" ? (reason ?? []) : []));
  const summary = [
    ...describeOutcomes(old.map(pruned), amountOfOld),
    ...describeOutcomes(tags.map(pruned), amountOfTags),
  ];
  return { json, text: [...failures, ...summary, ...(failure === undefined ? [] : [failure.message])] };
}
