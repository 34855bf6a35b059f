import type { Segments } from "../../store/contract/segments.ts";
import { namedSegments, type PlannedSegment } from "./plan-moment.ts";

/** Which segments of a timeline to list. */
export interface SegmentRange {
  timeline: string;
  /** Only files whose names come after this text. */
  after?: string | undefined;
  /** The last one is the first that reaches this time. */
  until?: Date | undefined;
}

/** The segments of a timeline, in the order of time, without other files. */
export async function* listSegments(
  segments: Segments,
  { timeline, after, until }: SegmentRange,
  signal: AbortSignal,
): AsyncGenerator<PlannedSegment> {
  for await (const { place } of segments.list(timeline, { after }, signal)) {
    const [segment] = namedSegments([place]);
    if (segment === undefined) continue;
    yield segment;
    if (until !== undefined && segment.until >= until) return;
  }
}
