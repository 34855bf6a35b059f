import type { ByteRange, SegmentPlace } from "../../store/contract/segments.ts";

/** Where a segment lies in a pack. */
export interface PackedPlace extends ByteRange {
  pack: SegmentPlace;
}

/** A segment to read, alone or in a pack. */
export interface Readable {
  packed?: PackedPlace | undefined;
}

/** Segments that one request reads: one that is alone, or those of one range of a pack. */
export interface PlannedRead<Segment extends Readable> {
  segments: readonly Segment[];
  /** Absent of a segment that is alone. */
  range?: PackedPlace;
}

/** The most bytes of one request, where a segment is not larger. */
const MOST_BYTES = 4 * 1024 * 1024;
/** So many bytes between two segments are read too rather than with another request: the least at first. */
const GAPS = [16 * 1024, 128 * 1024, 1024 * 1024, MOST_BYTES];
/** So many requests of packs are made rather than more bytes read. */
const MOST_RANGES = 24;

/**
 * Plans the requests for segments. Segments that are near each other in a pack come with one request, and what is near is
 * wider the more there are: few requests for many segments, and few bytes for few of them.
 */
export function planReads<Segment extends Readable>(segments: readonly Segment[]): PlannedRead<Segment>[] {
  let reads: PlannedRead<Segment>[] = [];
  for (const gap of GAPS) {
    reads = readsWith(segments, gap);
    if (reads.filter(({ range }) => range !== undefined).length <= MOST_RANGES) break;
  }
  return reads;
}

function readsWith<Segment extends Readable>(
  segments: readonly Segment[],
  gap: number,
): PlannedRead<Segment>[] {
  const reads: { segments: Segment[]; range?: PackedPlace }[] = [];
  for (const segment of segments) {
    const { packed } = segment;
    const last = reads.at(-1);
    if (packed === undefined) reads.push({ segments: [segment] });
    else if (last?.range !== undefined && isNear(last.range, packed, gap)) {
      last.segments.push(segment);
      last.range = { ...last.range, end: packed.end };
    } else reads.push({ segments: [segment], range: { ...packed } });
  }
  return reads;
}

function isNear(range: PackedPlace, next: PackedPlace, gap: number): boolean {
  return (
    range.pack.file === next.pack.file &&
    range.pack.timeline === next.pack.timeline &&
    next.start >= range.end &&
    next.start - range.end <= gap &&
    next.end - range.start <= MOST_BYTES
  );
}
