import type { Buffer } from "node:buffer";
import { stampOf } from "../format/segment-name.ts";
import { listSegments } from "./list-segments.ts";
import type { PlannedSegment } from "./plan-moment.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** How often a segment is looked for: it may move from pack to pack while it is. */
const MOST_LOOKS = 4;

/**
 * Reads a segment that is not any more where it was, since a roll-up has packed it meanwhile; undefined where it is in no
 * file of its timeline.
 */
export async function findAgain(
  reader: SegmentReader,
  { place: { timeline, file }, number, until }: PlannedSegment,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const after = stampOf(new Date(until.getTime() - 1));
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const segments = await listSegments(reader, { timeline, after: `${after}~` }, signal);
    const found = segments.find((each) => each.number === number && each.place.file === file);
    if (found === undefined) return undefined;
    const { place, packed } = found;
    if (packed === undefined) {
      const bytes = await reader.segments.read(place, signal);
      if (bytes !== undefined) return bytes;
      continue;
    }
    const stored = await reader.bytesOf(packed, signal);
    if (stored !== undefined) return await reader.segments.open(place, stored, signal);
  }
  return undefined;
}
