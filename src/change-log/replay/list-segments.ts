import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { filesToRead, type LogFile, logFileOf } from "./plan-files.ts";
import type { PlannedSegment } from "./plan-moment.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** Which segments of a timeline to list. */
export interface SegmentRange {
  timeline: string;
  /** Only segments whose names come after this text. */
  after?: string | undefined;
  /** The last one is the first that reaches this time. */
  until?: Date | undefined;
}

/** How many packs are read at once. */
const CONCURRENCY = 8;
/** How often a timeline is listed again, since a roll-up has removed a pack meanwhile. */
const MOST_LISTINGS = 5;

/**
 * The segments of a timeline, in the order of time: those that are alone, and those in packs.
 *
 * @throws {OperatorError} where the store, or a pack, cannot be read.
 */
export async function listSegments(
  reader: SegmentReader,
  range: SegmentRange,
  signal: AbortSignal,
): Promise<PlannedSegment[]> {
  for (let listings = 0; listings < MOST_LISTINGS; listings += 1) {
    const files = await listFiles(reader, range, signal);
    const segments = await segmentsOf(reader, filesToRead(files), signal);
    if (segments !== undefined) return within(segments, range);
  }
  throw new OperatorError(
    `Cannot list the change log ${range.timeline} in ${reader.url}: its packs are removed again and again`,
    { advice: "Try again" },
  );
}

/** Whether a timeline has a segment whose name comes after a text. */
export async function hasSegmentAfter(
  segments: Segments,
  { timeline, after }: { timeline: string; after: string },
  signal: AbortSignal,
): Promise<boolean> {
  for await (const listed of segments.list(timeline, { after }, signal))
    if (logFileOf(listed) !== undefined) return true;
  return false;
}

/** A roll-up removes what it has packed from the end: what is left of it is listed before the pack. */
async function listFiles(
  { segments }: SegmentReader,
  { timeline, after, until }: SegmentRange,
  signal: AbortSignal,
): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const listed of segments.list(timeline, { after }, signal)) {
    const file = logFileOf(listed);
    if (file === undefined) continue;
    files.push(file);
    if (until !== undefined && file.until >= until) break;
  }
  return files;
}

/** The segments of files; undefined where one of them is gone. */
async function segmentsOf(
  reader: SegmentReader,
  files: readonly LogFile[],
  signal: AbortSignal,
): Promise<PlannedSegment[] | undefined> {
  const ofFiles = inOrder(files, CONCURRENCY, async ({ place, size, is }) =>
    "segment" in is
      ? [{ ...is.segment, place }]
      : await reader.segmentsOf({ place, size, name: is.pack }, signal),
  );
  const byNumber = new Map<number, PlannedSegment>();
  for await (const segments of ofFiles) {
    if (segments === undefined) return undefined;
    for (const segment of segments) byNumber.set(segment.number, segment);
  }
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}

/** A pack may hold more than was asked for. */
function within(segments: readonly PlannedSegment[], { after, until }: SegmentRange): PlannedSegment[] {
  const later = after === undefined ? segments : segments.filter(({ place }) => place.file > after);
  const last = until === undefined ? -1 : later.findIndex((each) => each.until >= until);
  return last < 0 ? [...later] : later.slice(0, last + 1);
}
