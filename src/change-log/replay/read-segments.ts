import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { unpackSegment } from "../format/packed-segment.ts";
import { parseSegment, type Segment, SegmentFault, sha256Of } from "../format/segment.ts";
import type { PlannedSegment } from "./plan-moment.ts";

/** How many segments are read at once. */
const CONCURRENCY = 8;

/** How the segments of a store are read. */
export interface SegmentReading {
  segments: Segments;
  /** The store's URL, for errors. */
  url: string;
}

/** A segment, and the SHA-256 of its packed bytes. */
export interface ReadSegment extends Segment {
  sha256: string;
}

/**
 * Reads segments that follow each other.
 *
 * @throws {OperatorError} where one is missing, is damaged, or does not follow the one before.
 */
export async function* readSegments(
  reading: SegmentReading,
  planned: readonly PlannedSegment[],
  signal: AbortSignal,
): AsyncGenerator<ReadSegment> {
  let before: ReadSegment | undefined;
  let index = 0;
  const read = inOrder(planned, CONCURRENCY, (each) => readSegment(reading, each, signal));
  for await (const segment of read) {
    const { place } = planned[index] as PlannedSegment;
    if (before !== undefined && !follows(segment, before))
      throw faultOf(
        reading,
        `${place.timeline}/${place.file}`,
        "it does not follow the segment before: one is missing, or was changed",
      );
    before = segment;
    index += 1;
    yield segment;
  }
}

/** Reads one segment. */
export async function readSegment(
  reading: SegmentReading,
  { place, number, revision }: PlannedSegment,
  signal: AbortSignal,
): Promise<ReadSegment> {
  const name = `${place.timeline}/${place.file}`;
  const packed = await reading.segments.read(place, signal);
  if (packed === undefined) throw faultOf(reading, name, "it was removed meanwhile; try again");
  try {
    const segment = parseSegment(await unpackSegment(packed));
    const { header } = segment;
    if (header.timeline !== place.timeline || header.number !== number || header.to.revision !== revision)
      throw new SegmentFault("its name is that of another one");
    return { ...segment, sha256: sha256Of(packed) };
  } catch (error) {
    throw faultOf(reading, name, error instanceof SegmentFault ? error.message : "it is damaged");
  }
}

function follows({ header }: ReadSegment, before: ReadSegment): boolean {
  return (
    header.number === before.header.number + 1 &&
    header.previous === before.sha256 &&
    header.from.revision === before.header.to.revision
  );
}

function faultOf({ url }: SegmentReading, name: string, reason: string): OperatorError {
  return new OperatorError(`Cannot read the segment ${name} of the change log in ${url}: ${reason}`, {
    advice: "Give another time with --at, or --or-before for the newest backup before",
  });
}
