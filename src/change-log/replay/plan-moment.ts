import { compareRevisions } from "../../kubernetes/revision.ts";
import type { SegmentPlace } from "../../store/contract/segments.ts";
import type { SegmentName } from "../format/segment-name.ts";
import type { OpenPart } from "./open-part.ts";
import type { PackedPlace } from "./plan-reads.ts";

/** A segment that a listing shows. */
export interface PlannedSegment extends SegmentName {
  /** Its timeline, and its file where it is alone. */
  place: SegmentPlace;
  /** Where it is in a pack; absent where it is alone. */
  packed?: PackedPlace & { part: OpenPart };
}

/** The segments that lead from a base to a moment. */
export interface ReplayRange {
  /** The segment that ends at the base; the backup is named in its header. */
  base: PlannedSegment;
  /** Those after it, up to the first that reaches the moment. */
  following: readonly PlannedSegment[];
}

/**
 * The ranges that lead to a moment, the shortest first: from each base at or before it.
 *
 * @param segments of one timeline, in the order of their names.
 * @returns none where no segment reaches the moment, or no base is before it.
 */
export function rangesTo(segments: readonly PlannedSegment[], moment: Date): ReplayRange[] {
  const last = segments.findIndex(({ until }) => until >= moment);
  if (last < 0) return [];
  const ranges: ReplayRange[] = [];
  for (let index = last; index >= 0; index -= 1) {
    const base = segments[index];
    if (base?.isBase === true && base.until <= moment)
      ranges.push({ base, following: segments.slice(index + 1, last + 1) });
  }
  return ranges;
}

/**
 * The ranges that lead to a resource version, the shortest first: from each base at or before it.
 *
 * @param segments of one timeline, in the order of their names.
 * @returns none where no segment reaches the resource version, or no base is before it.
 */
export function rangesToRevision(segments: readonly PlannedSegment[], revision: string): ReplayRange[] {
  const last = segments.findIndex((each) => compareRevisions(each.revision, revision) >= 0);
  if (last < 0) return [];
  return segments
    .slice(0, last + 1)
    .flatMap((base, index) =>
      base.isBase && compareRevisions(base.revision, revision) <= 0
        ? [{ base, following: segments.slice(index + 1, last + 1) }]
        : [],
    )
    .reverse();
}

/** What a change log has of the time around a moment. */
export interface Covered {
  from: Date;
  until: Date;
}

/** The nearest moments on both sides of one that is not covered. */
export function nearestTo(
  ranges: readonly Covered[],
  moment: Date,
): { before: Date | undefined; after: Date | undefined } {
  const before = ranges.filter(({ until }) => until < moment).map(({ until }) => until.getTime());
  const after = ranges.filter(({ from }) => from > moment).map(({ from }) => from.getTime());
  return {
    before: before.length === 0 ? undefined : new Date(Math.max(...before)),
    after: after.length === 0 ? undefined : new Date(Math.min(...after)),
  };
}
