import type { ListedSegment, SegmentPlace } from "../../store/contract/segments.ts";
import { type PackName, parsePackName } from "../format/pack-name.ts";
import { parseSegmentName, type SegmentName } from "../format/segment-name.ts";

/** A file of a timeline, as a listing shows it: a segment alone, or a pack of several. */
export interface LogFile {
  place: SegmentPlace;
  /** Size in bytes. */
  size: number;
  /** The numbers of its first and its last segment. */
  first: number;
  last: number;
  /** Every change up to this time is in the file or before it. */
  until: Date;
  is: { segment: SegmentName } | { pack: PackName };
}

/** The file of a listing; undefined where it is none of a change log. */
export function logFileOf({ place, size }: ListedSegment): LogFile | undefined {
  const segment = parseSegmentName(place.file);
  if (segment !== undefined) {
    const { number, until } = segment;
    return { place, size, first: number, last: number, until, is: { segment } };
  }
  const pack = parsePackName(place.file);
  if (pack === undefined) return undefined;
  const { number, until, count } = pack;
  return { place, size, first: number - count + 1, last: number, until, is: { pack } };
}

/**
 * Which files to read, in the order of their segments: those that another one holds are left out. They are there for as long
 * as a roll-up has not removed them.
 */
export function filesToRead(files: readonly LogFile[]): LogFile[] {
  // The widest first; of two that hold the same, one is enough.
  const widest = files.toSorted((one, other) => other.last - other.first - (one.last - one.first));
  const kept: LogFile[] = [];
  for (const file of widest) if (!kept.some((each) => holds(each, file))) kept.push(file);
  return kept.sort((one, other) => one.first - other.first);
}

/** Whether a file holds all segments of another one. */
export function holds(one: LogFile, other: LogFile): boolean {
  return one.first <= other.first && one.last >= other.last;
}
