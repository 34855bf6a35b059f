import { parsePackName } from "../change-log/format/pack-name.ts";
import { parseSegmentName } from "../change-log/format/segment-name.ts";
import { inOrder } from "../concurrency/in-order.ts";
import type { SegmentPlace, Segments } from "../store/contract/segments.ts";

/** How many segments are removed at once. */
const CONCURRENCY = 8;

/** Options of {@link removeOldSegments}. */
export interface OldSegmentsOptions {
  segments: Segments;
  /** The time of the oldest backup that stays. */
  oldest: Date;
  /** The most segments that one round removes: the next one goes on. */
  most: number;
}

/**
 * Removes the segments of the change log, and the packs of them, that no backup leads to any more: every moment is reached
 * from a backup at or before it.
 *
 * @returns how many were removed.
 * @throws {OperatorError} where the store does not let them be listed or removed.
 */
export async function removeOldSegments(
  { segments, oldest, most }: OldSegmentsOptions,
  signal: AbortSignal,
): Promise<number> {
  const old: SegmentPlace[] = [];
  for await (const timeline of segments.timelines(signal)) {
    for await (const { place } of segments.list(timeline, {}, signal)) {
      const name = parseSegmentName(place.file) ?? parsePackName(place.file);
      if (name === undefined) continue;
      // Names are in the order of time: nothing behind this one is older.
      if (name.until >= oldest || old.length >= most) break;
      old.push(place);
    }
    if (old.length >= most) break;
  }
  let removed = 0;
  for await (const _ of inOrder(old, CONCURRENCY, (place) => segments.remove(place, signal))) removed += 1;
  return removed;
}
