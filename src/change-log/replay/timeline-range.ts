import { stampOf } from "../format/segment-name.ts";
import { type LogFile, logFileOf } from "./plan-files.ts";
import type { Covered, PlannedSegment } from "./plan-moment.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** The files that are looked at at once: a page of a bucket's listing. */
const PAGE = 1_000;

/**
 * What a timeline covers: from its first base on. A timeline of many files is not listed as a whole.
 *
 * @returns undefined where there is no base.
 */
export async function rangeOf(
  reader: SegmentReader,
  timeline: string,
  signal: AbortSignal,
): Promise<Covered | undefined> {
  const from = (await firstBase(reader, { timeline }, signal))?.until;
  const until = from && (await endOf(reader, timeline, signal));
  return from === undefined || until === undefined ? undefined : { from, until };
}

/** Files of a timeline that are looked at for its first base, at most: its backups may be gone. */
const MOST_FILES = 10_000;

/**
 * The first segment of a timeline that ends at a backup; undefined where none does.
 *
 * @param options.counts whether a backup counts; each by default.
 */
export async function firstBase(
  reader: SegmentReader,
  { timeline, counts = () => true }: { timeline: string; counts?: (base: PlannedSegment) => boolean },
  signal: AbortSignal,
): Promise<PlannedSegment | undefined> {
  let seen = 0;
  for await (const listed of reader.segments.list(timeline, {}, signal)) {
    const file = logFileOf(listed);
    if (file === undefined) continue;
    const { place, size, is } = file;
    const segments =
      "segment" in is
        ? [{ ...is.segment, place }]
        : await reader.segmentsOf({ place, size, name: is.pack }, signal);
    const base = segments?.find((each) => each.isBase && counts(each));
    seen += 1;
    if (base !== undefined || seen === MOST_FILES) return base;
  }
  return undefined;
}

/** A listing goes forward alone: the end is looked for in steps that double, and then halve. */
async function endOf(
  reader: SegmentReader,
  timeline: string,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const pageAfter = (after: string | undefined) => filesAfter(reader, { timeline, after }, signal);
  let page = await pageAfter(undefined);
  let end = page.at(-1);
  let step = (end?.until.getTime() ?? 0) - (page[0]?.until.getTime() ?? 0);
  let beyond: number | undefined;
  while (end !== undefined && (page.length === 0 || page.length === PAGE)) {
    const reached = end.until.getTime();
    step = Math.max(1, 2 * step);
    const next = beyond === undefined ? reached + step : Math.floor((reached + beyond) / 2);
    if (next === reached) break;
    page = await pageAfter(`${stampOf(new Date(next))}~`);
    if (page.length === 0) beyond = next;
    else end = page.at(-1);
  }
  return end?.until;
}

async function filesAfter(
  { segments }: SegmentReader,
  { timeline, after }: { timeline: string; after: string | undefined },
  signal: AbortSignal,
): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const listed of segments.list(timeline, { after }, signal)) {
    const file = logFileOf(listed);
    if (file !== undefined) files.push(file);
    if (files.length === PAGE) break;
  }
  return files;
}
