import { inOrder } from "../../concurrency/in-order.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { parseTimeline, type TimelineName } from "../format/segment-name.ts";
import type { Coverage, CoveredRange } from "./coverage.ts";
import { lastFile } from "./last-file.ts";
import { SegmentReader } from "./segment-reader.ts";
import { firstBase } from "./timeline-range.ts";

/** Timelines that are looked at, the latest. */
const LOOKED_AT = 20;
/** Timelines that are looked at at once. */
const CONCURRENCY = 4;
/** How long it may take from the beginning of a backup to its resource version, in milliseconds. */
const TO_REVISION = 15 * 60_000;

/**
 * What the change log of a store leads to, by names alone: of each timeline from the first base on whose backup is there. Looks
 * at the latest twenty timelines, with a few listings each.
 */
export async function coveredRanges(
  { store, now }: { store: Store; now: Date },
  signal: AbortSignal,
): Promise<Coverage> {
  const all: ({ timeline: string } & TimelineName)[] = [];
  for await (const timeline of store.segments.timelines(signal)) {
    const name = parseTimeline(timeline);
    if (name !== undefined) all.push({ timeline, ...name });
  }
  const backups = all.length === 0 ? [] : await Array.fromAsync(store.list({}, signal));
  const latest = all.slice(-LOOKED_AT).map((each, index, those) => ({
    ...each,
    // The process before has mostly ended when the next one begins.
    end: those.slice(index + 1).find(({ cluster }) => cluster === each.cluster)?.began ?? now,
  }));
  const reader = new SegmentReader(store);
  const ranges: CoveredRange[] = [];
  const found = inOrder(latest, CONCURRENCY, async ({ timeline, cluster, began, end }) => {
    const counts = ({ until }: { until: Date }) => backups.some((backup) => isOf(backup, until));
    const from = (await firstBase(reader, { timeline, counts }, signal))?.until;
    if (from === undefined) return undefined;
    const last = await lastFile(store.segments, { timeline, began, end }, signal);
    return last === undefined ? undefined : { timeline, cluster, from, until: last.until };
  });
  for await (const range of found) if (range !== undefined) ranges.push(range);
  return { ranges, earlier: all.length - latest.length };
}

/** Whether a backup is the one of a base that ends then, as far as its time tells. */
function isOf({ time }: Pick<StoredBackup, "time">, until: Date): boolean {
  return time <= until && until.getTime() - time.getTime() < TO_REVISION;
}
