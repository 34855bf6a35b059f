import { type Archive, openArchive } from "../../archive/reader.ts";
import { createArchive } from "../../archive/writer.ts";
import { OperatorError } from "../../errors.ts";
import type { RandomAccess, Store } from "../../store/contract/store.ts";
import { parseTimeline, stampOf, type TimelineName } from "../format/segment-name.ts";
import { Changes } from "./changes.ts";
import { hasSegmentAfter, listSegments } from "./list-segments.ts";
import { MemoryArchive } from "./memory-archive.ts";
import { momentName } from "./moment-name.ts";
import { type Covered, nearestTo, type Stretch, stretchesTo } from "./plan-moment.ts";
import { readSegment, readSegments } from "./read-segments.ts";
import { replay } from "./replay.ts";
import { SegmentReader } from "./segment-reader.ts";
import { rangeOf } from "./timeline-range.ts";

/** Timelines that are looked at for one moment, the latest first: an earlier one has ended long ago. */
const LOOKED_AT = 20;
/** Timelines before one that covers a moment that are looked at for whether they cover it, too. */
const LOOKED_FOR_OTHERS = 4;

/** A moment that was opened. */
export interface OpenMoment {
  archive: Archive;
  /** The backup that it starts from. */
  base: string;
  /** Number of objects that changed since. */
  changes: number;
  revision: string;
  /** Whether the backup and all segments are encrypted in the store. */
  encrypted: boolean;
}

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
          "Two clusters, or two copies of one, write there: give each a prefix of its own. --or-before takes the newest backup before",
      },
    );
  }
  return await openOn({ store, reader, moment }, timeline, signal);
}

/** The timelines that reach a moment, two at most. */
async function covering(
  { reader, moment }: Opening,
  timelines: readonly Listed[],
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  let last = LOOKED_AT;
  for (const [index, { timeline }] of timelines.entries()) {
    if (index >= last || found.length === 2) break;
    // The first segment whose name says that it reaches the moment.
    const after = stampOf(new Date(moment.getTime() - 1));
    if (!(await hasSegmentAfter(reader, { timeline, after: `${after}~` }, signal))) continue;
    found.push(timeline);
    last = Math.min(last, index + 1 + LOOKED_FOR_OTHERS);
  }
  return found;
}

async function openOn(
  { store, reader, moment }: Opening,
  timeline: string,
  signal: AbortSignal,
): Promise<OpenMoment> {
  for (const after of await startingPoints(store, moment, signal)) {
    const range = { timeline, after, until: moment };
    const segments = await listSegments(reader, range, signal);
    for (const stretch of stretchesTo(segments, moment)) {
      const { header } = await readSegment(reader, stretch.base, signal);
      const { base, settled } = header;
      if (base === undefined || settled === undefined || Date.parse(settled) > moment.getTime()) continue;
      if (!(await store.has(base, signal))) continue;
      return await openStretch({ store, reader, moment }, { ...stretch, backup: base }, signal);
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

async function openStretch(
  { store, reader, moment }: Opening,
  { base, following, backup }: Stretch & { backup: string },
  signal: AbortSignal,
): Promise<OpenMoment> {
  const changes = new Changes();
  let { revision } = base;
  const until = moment.toISOString();
  for await (const { header, records } of readSegments(reader, [base, ...following], signal)) {
    if (header.number === base.number) continue;
    const reached = records.filter(({ time }) => time <= until);
    for (const record of reached) changes.add(record);
    revision = reached.length === records.length ? header.to.revision : (changes.revision ?? revision);
  }
  const source = await store.open(backup, signal);
  try {
    const archive = await openArchive(source, signal);
    const name = momentName(backup, changes.count, until);
    const replayed = await write(archive, { changes, time: moment, revision, name }, signal);
    const encrypted = source.form === "zip.age" && [base, ...following].every((each) => each.isEncrypted);
    const facts = { base: backup, changes: changes.count, revision, encrypted };
    return { archive: await openArchive(replayed, signal), ...facts };
  } finally {
    await source.close();
  }
}

async function write(
  base: Archive,
  { changes, time, revision, name }: { changes: Changes; time: Date; revision: string; name: string },
  signal: AbortSignal,
): Promise<RandomAccess> {
  const writer = createArchive({ time });
  const chunks = Array.fromAsync(writer.bytes);
  chunks.catch(() => {});
  try {
    await replay(base, changes, { time, revision }, writer, signal);
  } catch (error) {
    writer.abort(error);
    throw error;
  }
  return new MemoryArchive(name, await chunks);
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
  for (const { timeline } of near) {
    const range = await rangeOf(reader, timeline, signal);
    if (range !== undefined) ranges.push(range);
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
