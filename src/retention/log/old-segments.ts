import { listSegments } from "../../change-log/replay/list-segments.ts";
import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { CalendarLength } from "../../time/calendar-length.ts";
import { planLog } from "./plan-log.ts";
import { wholeFiles } from "./whole-files.ts";

/** Options of {@link planOldSegments}. */
export interface OldSegmentsOptions {
  store: Pick<Store, "segments" | "url">;
  /** KEEP_LOG; without it, whatever a backup leads to stays. */
  keep: CalendarLength | undefined;
  /** The minimum age of retention, in milliseconds. */
  minAge: number;
  /** The backups that stay. */
  backups: readonly Pick<StoredBackup, "name" | "time">[];
  now: Date;
  /** The most segments that one round removes: the next one goes on. All by default. */
  most?: number | undefined;
}

/**
 * Plans which segments of the change log go: those that no backup leads to any more, since every moment is reached from a
 * backup at or before it, and with KEEP_LOG those before its range. Removes nothing.
 *
 * @throws {OperatorError} where the store does not let them be listed.
 */
export async function planOldSegments(
  { store, keep, minAge, backups, now, most = Number.POSITIVE_INFINITY }: OldSegmentsOptions,
  signal: AbortSignal,
): Promise<PlannedSegment[]> {
  if (backups.length === 0) return [];
  const oldest = new Date(Math.min(...backups.map(({ time }) => time.getTime())));
  if (keep !== undefined) {
    const { removed } = await planLog({ store, keep, minAge, backups, now, oldest }, signal);
    return wholeFiles(removed.slice(0, most));
  }
  const old: PlannedSegment[] = [];
  const reader = new SegmentReader(store);
  for await (const timeline of store.segments.timelines(signal)) {
    const segments = await listSegments(reader, { timeline, until: oldest }, signal);
    for (const segment of segments) if (segment.until < oldest && old.length < most) old.push(segment);
    if (old.length >= most) break;
  }
  return wholeFiles(old);
}
