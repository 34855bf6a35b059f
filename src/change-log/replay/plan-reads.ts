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
/** So many bytes between two segments are always read too rather than with another request. */
const LEAST_GAP = 16 * 1024;
/** So many requests of packs are made rather than more bytes read. */
const MOST_RANGES = 40;

/**
 * Plans the requests for segments. Segments that are near each other in a pack come with one request, and what is near is
 * wider the more there are: few requests for many segments, and few bytes for few of them.
 */
export function planReads<Segment extends Readable>(segments: readonly Segment[]): PlannedRead<Segment>[] {
  const packs = new Set<string>();
  const gaps: number[] = [];
  let last: PackedPlace | undefined;
  for (const { packed } of segments) {
    if (packed === undefined) continue;
    if (last !== undefined && isOfOne(last, packed)) gaps.push(packed.start - last.end);
    packs.add(`${packed.pack.timeline}/${packed.pack.file}`);
    last = packed;
  }
  // Only the widest gaps are worth a request each.
  gaps.sort((one, other) => other - one);
  const near = gaps[Math.max(0, MOST_RANGES - packs.size)] ?? 0;
  return readsWith(segments, Math.max(LEAST_GAP, near));
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
  return isOfOne(range, next) && next.start - range.end <= gap && next.end - range.start <= MOST_BYTES;
}

/** Whether a place is in the same pack as another one, and behind it. */
function isOfOne(range: PackedPlace, { pack, start }: PackedPlace): boolean {
  return range.pack.file === pack.file && range.pack.timeline === pack.timeline && start >= range.end;
}
