import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import { parseTimeline, stampOf, type TimelineName } from "../format/segment-name.ts";
import { hasSegmentAfter, listSegments } from "./list-segments.ts";
import { type OpenMoment, openRange } from "./open-range.ts";
import { type Covered, nearestTo, rangesTo } from "./plan-moment.ts";
import { readSegment } from "./read-segments.ts";
import { SegmentReader } from "./segment-reader.ts";
import { rangeOf } from "./timeline-range.ts";

/**
 * Timelines that are looked at for one moment, the latest first: an earlier one has ended long ago. All of them are, since
 * another program's that goes on for weeks may have begun before many short ones of one that starts again and again.
 */
const LOOKED_AT = 100;
/** How many are looked at at once. */
const CONCURRENCY = 16;

/** Options of {@link openMoment}. */
export interface OpenMomentOptions {
  store: Store;
  moment: Date;
}

/** The same, and what reads segments. */
interface Opening extends OpenMomentOptions {
  reader: SegmentReader;
}

/** A timeline and its name in the store. */
interface Listed extends TimelineName {
  timeline: string;
}

/**
 * Opens a moment that the change log covers. Undefined where the store has no change log that began before the moment, and
 * did not end long before: backups are all that is known of that time.
 *
 * @throws {OperatorError} with the nearest moments on both sides, where the moment is in a gap, or not certain yet.
 */
export async function openMoment(
  { store, moment }: OpenMomentOptions,
  signal: AbortSignal,
): Promise<OpenMoment | undefined> {
  const reader = new SegmentReader(store);
  const timelines: Listed[] = [];
  for await (const timeline of store.segments.timelines(signal)) {
    const name = parseTimeline(timeline);
    if (name !== undefined) timelines.push({ timeline, ...name });
  }
  const before = timelines.filter(({ began }) => began <= moment).reverse();
  const [timeline, other] = await covering({ store, reader, moment }, before, signal);
  if (timeline === undefined) return await notCovered({ store, reader, moment }, timelines, signal);
  if (other !== undefined) {
    throw new OperatorError(
      `Cannot open ${moment.toISOString()}: two change logs in ${store.url} cover this moment, ${timeline} and ${other}`,
      {
        advice:
          "Two clusters, or two copies of one, write there, or a clock was set back: give each cluster a prefix of its own. --or-before takes the newest backup before",
      },
    );
  }
  return await openOn({ store, reader, moment }, timeline, signal);
}

/** The timelines that reach a moment. */
async function covering(
  { reader, moment }: Opening,
  timelines: readonly Listed[],
  signal: AbortSignal,
): Promise<string[]> {
  // The first segment whose name says that it reaches the moment.
  const after = `${stampOf(new Date(moment.getTime() - 1))}~`;
  const reaching = inOrder(timelines.slice(0, LOOKED_AT), CONCURRENCY, async ({ timeline }) =>
    (await hasSegmentAfter(reader.segments, { timeline, after }, signal)) ? [timeline] : [],
  );
  return (await Array.fromAsync(reaching)).flat();
}

async function openOn(
  { store, reader, moment }: Opening,
  timeline: string,
  signal: AbortSignal,
): Promise<OpenMoment> {
  for (const after of await startingPoints(store, moment, signal)) {
    const listed = { timeline, after, until: moment };
    const segments = await listSegments(reader, listed, signal);
    for (const range of rangesTo(segments, moment)) {
      const { header } = await readSegment(reader, range.base, signal);
      const { base, settled } = header;
      if (base === undefined || settled === undefined || Date.parse(settled) > moment.getTime()) continue;
      if (!(await store.has(base, signal))) continue;
      const target = { time: moment };
      return await openRange({ store, reader, target }, { ...range, backup: base }, signal);
    }
  }
  throw new OperatorError(
    `Cannot open ${moment.toISOString()}: no backup in ${store.url} is left that the change log could start from`,
    { advice: "Give a later time, or --or-before for the newest backup before" },
  );
}

/** Where the listing of a timeline begins: at the newest backup before the moment, and otherwise at the beginning. */
async function startingPoints(
  store: Store,
  moment: Date,
  signal: AbortSignal,
): Promise<(string | undefined)[]> {
  const newest = await store.newest({ until: moment }, signal);
  if (newest === undefined) return [undefined];
  return [stampOf(new Date(newest.time.getTime() - 1)), undefined];
}

/** @throws {OperatorError} where a change log is around the moment. */
async function notCovered(
  { store, reader, moment }: Opening,
  timelines: readonly Listed[],
  signal: AbortSignal,
): Promise<undefined> {
  const near = [
    ...timelines.filter(({ began }) => began <= moment).slice(-2),
    ...timelines.filter(({ began }) => began > moment).slice(0, 1),
  ];
  const ranges: Covered[] = [];
  for (const { timeline, began } of near) {
    const range = await rangeOf(reader, timeline, signal);
    if (range === undefined) continue;
    // A backup begins a moment before its resource version is known, and the timeline with that.
    ranges.push({ ...range, from: new Date(Math.max(+range.from, +began)) });
  }
  const { before, after } = nearestTo(ranges, moment);
  // Before the first change log there were backups alone.
  if (before === undefined) return undefined;
  const nearest = [before, after].filter((each) => each !== undefined).map((each) => each.toISOString());
  const reason = after === undefined ? "does not reach this moment yet" : "has a gap there";
  throw new OperatorError(`Cannot open ${moment.toISOString()}: the change log in ${store.url} ${reason}`, {
    advice: `The nearest ${nearest.length === 1 ? "moment is" : "moments are"} ${nearest.join(" and ")}; --or-before takes the one before`,
  });
}
