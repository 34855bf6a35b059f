/** What `kube-backup prune` does with the change log, and how it shows that. */

import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";
import { OperatorError } from "../../errors.ts";
import type { RetentionPolicy } from "../../retention/decide.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { Progress } from "../../terminal/progress/progress.ts";
import { amount } from "../../words/amount.ts";
import { describeOutcomes, outcomeOf, type PruneOutcome } from "./outcomes.ts";

/** Segments that are to be removed. */
export interface LogPlan {
  removed: readonly PlannedSegment[];
  /** Why nobody can say which; backups are pruned all the same. */
  failure: OperatorError | undefined;
}

/** Nothing to remove. */
export const NO_LOG: LogPlan = { removed: [], failure: undefined };

/** The removals of segments. */
export type EndedLog = ReadonlyMap<PlannedSegment, OperatorError | undefined>;

/** Segments of a timeline in JSON. */
interface PrunedTimeline extends PruneOutcome {
  timeline: string;
  segments: number;
  /** Up to when they are. */
  until: string;
}

/** Plans which segments to remove. */
export async function planPrunedLog(
  {
    store,
    policy: { keepLog: keep, minAge },
    backups,
    now,
  }: { store: Store; policy: RetentionPolicy; backups: readonly StoredBackup[]; now: Date },
  signal: AbortSignal,
): Promise<LogPlan> {
  const { planOldSegments } = await import("../../retention/log/old-segments.ts");
  try {
    const removed = await planOldSegments({ store, keep, minAge, backups, now }, signal);
    return { removed, failure: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    return { ...NO_LOG, failure: error };
  }
}

/** Removes them, and gives each one's end. */
export async function removePrunedLog(
  { store, plan: { removed }, progress }: { store: Store; plan: LogPlan; progress: Progress },
  signal: AbortSignal,
): Promise<EndedLog> {
  if (removed.length === 0) return new Map();
  const { removeLog } = await import("../../retention/remove-log.ts");
  const stage = progress({ title: "Removing old changes", unit: "objects", total: removed.length });
  const { segments } = store;
  const ended = await removeLog({ segments, removed, onEnd: (count) => stage.advance(count) }, signal);
  stage.end();
  return ended;
}

/** `120 segments of the change log`. */
export function amountOfSegments(count: number): string {
  return amount(count, "segment of the change log", "segments of the change log");
}

/**
 * The result as JSON and as text.
 *
 * @param ended the removals, where there were any.
 */
export function prunedLog(
  { removed, failure }: LogPlan,
  ended: EndedLog | undefined,
): { json: PrunedTimeline[]; text: string[] } {
  const judged = removed.map((segment) => ({ segment, ...outcomeOf(segment, ended) }));
  const json = [
    ...Map.groupBy(judged, ({ segment, outcome }) => `${segment.place.timeline} ${outcome}`).values(),
  ].flatMap((group): PrunedTimeline[] => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const { segment, outcome, reason } = last;
    const { timeline } = segment.place;
    return [{ timeline, segments: group.length, until: segment.until.toISOString(), outcome, reason }];
  });
  const failures = json.flatMap(({ outcome, reason }) => (outcome === "failed" ? (reason ?? []) : []));
  const summary = describeOutcomes(judged, amountOfSegments);
  return { json, text: [...failures, ...summary, ...(failure === undefined ? [] : [failure.message])] };
}
