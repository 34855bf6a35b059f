/** How `kube-backup prune` tells what became of what is beside the backups. */

import type { OperatorError } from "../../errors.ts";
import { LockedError } from "../../store/contract/locked-error.ts";

/** What became of one thing that was to be removed. */
export interface PruneOutcome {
  outcome: "removed" | "planned" | "untouched" | "locked" | "failed";
  /** Why it is still there; null where that is no failure. */
  reason: string | null;
}

/**
 * The outcome of one.
 *
 * @param ended the removals, where there were any.
 */
export function outcomeOf<Item>(
  item: Item,
  ended: ReadonlyMap<Item, OperatorError | undefined> | undefined,
): PruneOutcome {
  if (ended === undefined) return { outcome: "planned", reason: null };
  if (!ended.has(item)) return { outcome: "untouched", reason: null };
  const error = ended.get(item);
  if (error === undefined) return { outcome: "removed", reason: null };
  return { outcome: error instanceof LockedError ? "locked" : "failed", reason: error.message };
}

/** `4 old notes and reports removed`, one line for each outcome that there is. */
export function describeOutcomes(
  outcomes: readonly PruneOutcome[],
  amountOf: (count: number) => string,
): string[] {
  const count = (outcome: PruneOutcome["outcome"]) =>
    outcomes.filter((each) => each.outcome === outcome).length;
  const amounts = [
    [count("removed"), "removed"],
    [count("planned"), "would be removed"],
    [count("failed"), "not removed"],
    [count("locked"), "locked"],
    [count("untouched"), "not tried"],
  ] as const;
  return amounts.filter(([amount]) => amount > 0).map(([amount, what]) => `${amountOf(amount)} ${what}`);
}
