import type { Store } from "../../store/contract/store.ts";
import { parseTimeline, stampOf } from "../format/segment-name.ts";
import { listSegments } from "../replay/list-segments.ts";
import type { PlannedSegment } from "../replay/plan-moment.ts";
import type { SegmentReader } from "../replay/segment-reader.ts";
import {
  type HistoryPart,
  type HistoryRange,
  type ListedTimeline,
  type PlannedBackup,
  planHistory,
  unrecordedTimes,
} from "./plan-history.ts";

/** A store, and what reads its change log. */
export interface HistorySource {
  store: Store;
  reader: SegmentReader;
}

/** Timelines before the range that are looked at, the latest first: an earlier one has ended long ago. */
const LOOKED_AT = 20;

/** What a store has of a range, planned. Backups are listed only of times of which the change log does not tell. */
export async function planFromStore(
  source: HistorySource,
  range: HistoryRange,
  signal: AbortSignal,
): Promise<HistoryPart[]> {
  const { store } = source;
  const newest = await store.newest({ until: range.since }, signal);
  const timelines = await timelinesOf(source, newest?.time, range, signal);
  const backups: PlannedBackup[] = newest === undefined ? [] : [{ name: newest.name, time: newest.time }];
  for (const { after, before } of unrecordedTimes(timelines, range)) {
    const from = after !== undefined && after > range.since ? after : range.since;
    const until = before !== undefined && before < range.until ? before : range.until;
    for await (const { name, time } of store.list({ from }, signal)) {
      if (time > until) break;
      if (name !== newest?.name) backups.push({ name, time });
    }
  }
  return planHistory(timelines, backups, range);
}

/** The timelines that tell of a range, in the order in which they began. */
async function timelinesOf(
  { store, reader }: HistorySource,
  newest: Date | undefined,
  { since, until }: HistoryRange,
  signal: AbortSignal,
): Promise<ListedTimeline[]> {
  const earlier: string[] = [];
  const inside: string[] = [];
  for await (const timeline of store.segments.timelines(signal)) {
    const began = parseTimeline(timeline)?.began;
    if (began !== undefined && began <= until) (began <= since ? earlier : inside).push(timeline);
  }
  const listed: ListedTimeline[] = [];
  for (const timeline of earlier.reverse().slice(0, LOOKED_AT)) {
    // A listing from the newest backup on is short, and has the base that the reading starts from, as a rule.
    const after = newest && stampOf(new Date(newest.getTime() - 1));
    const short = await listSegments(reader, { timeline, after, until }, signal);
    const last = short.at(-1);
    if (last === undefined) continue;
    const isEnough = after === undefined || short.some((each) => each.isBase && each.until <= since);
    const segments = isEnough ? short : await listSegments(reader, { timeline, until }, signal);
    listed.unshift({ timeline, segments });
    if (last.until >= since) break;
  }
  for (const timeline of inside)
    listed.push({
      timeline,
      segments: await listSegments(reader, { timeline, until }, signal),
    });
  return listed;
}

/** What has come into a store since a segment, or a time where only backups are known. */
export async function planNews(
  { store, reader }: HistorySource,
  { last, reached }: { last: PlannedSegment | undefined; reached: Date },
  signal: AbortSignal,
): Promise<{ following: PlannedSegment[]; parts: HistoryPart[] }> {
  const { timeline, file } = last?.place ?? {};
  const following =
    timeline === undefined ? [] : await listSegments(reader, { timeline, after: file }, signal);
  const timelines: ListedTimeline[] = [];
  for await (const timeline of store.segments.timelines(signal)) {
    const began = parseTimeline(timeline)?.began;
    const isLater =
      last === undefined ? began !== undefined && began > reached : timeline > last.place.timeline;
    if (isLater)
      timelines.push({
        timeline,
        segments: await listSegments(reader, { timeline }, signal),
      });
  }
  const backups: PlannedBackup[] = [];
  if (last === undefined)
    for await (const { name, time } of store.list({ from: new Date(reached.getTime() + 1) }, signal))
      backups.push({ name, time });
  const parts = planHistory(timelines, backups, { since: reached, until: FAR });
  return { following, parts };
}

/** A time that never comes. */
export const FAR = new Date(8.64e15);
