/** Which segments of a timeline KEEP_LOG keeps, and which backup they need, without I/O. */

import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";

/**
 * The backup of a base: its name where it is there, `gone`, or `unknown`: only the header of the segment names it, and nobody
 * who has no key can read that.
 */
export type BaseBackup = { name: string } | "gone" | "unknown";

/** A segment, and the backup of what it ends at. */
export interface JudgedSegment {
  segment: PlannedSegment;
  /** Undefined where it ends at no backup. */
  backup: BaseBackup | undefined;
}

/** What is known of a timeline. */
export interface TimelineFacts {
  /** The segments before the range, in order, and behind them the first base of the range, if there is one. */
  segments: readonly JudgedSegment[];
  /** Whether it reaches into the range. */
  reaches: boolean;
  /** Whether its cluster has recorded nothing later: the newest base stays, however old it is. */
  isLatest: boolean;
}

/** What becomes of a timeline. */
export interface TimelineDecision {
  /** The backup that the range begins with; undefined where there is none, or nobody can say which. */
  needed: string | undefined;
  /** The segments that nothing needs, the oldest first. */
  removed: PlannedSegment[];
}

/**
 * Decides what of a timeline stays: from the newest base before the range on, where the timeline reaches into it or is the
 * latest of its cluster; otherwise nothing.
 *
 * @param begin when the range begins.
 */
export function decideTimeline(
  { segments, reaches, isLatest }: TimelineFacts,
  begin: Date,
): TimelineDecision {
  const before = segments.filter(({ segment }) => segment.until < begin);
  if (!reaches && !isLatest) return { needed: undefined, removed: before.map(({ segment }) => segment) };
  const isUsable = ({ backup }: JudgedSegment) => backup !== undefined && backup !== "gone";
  const base = before.findLast(isUsable) ?? segments.find(isUsable);
  // Without a base nothing can be read by now; what the next one needs is not known yet.
  if (base === undefined) return { needed: undefined, removed: [] };
  const { backup } = base;
  return {
    needed: typeof backup === "object" ? backup.name : undefined,
    removed: before.filter((each) => each.segment.number < base.segment.number).map(({ segment }) => segment),
  };
}
