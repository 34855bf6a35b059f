import type { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";

/** The largest segment of a change log that is read, in bytes. A writer ends one long before. */
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

/** A segment of the change log: `log/TIMELINE/FILE` below the prefix of the store. */
export interface SegmentPlace {
  timeline: string;
  file: string;
}

/** A segment as a listing shows it. */
export interface ListedSegment {
  place: SegmentPlace;
  /** Size in bytes. */
  size: number;
}

/** A range of bytes of a file. */
export interface ByteRange {
  /** Inclusive. */
  start: number;
  /** Exclusive, and not beyond the end of the file. */
  end: number;
}

/** Options of {@link Segments.list}. */
export interface SegmentListOptions {
  /** Only files whose names come after this text. */
  after?: string | undefined;
}

/** The change log of a store: timelines, and the segments of each. */
export interface Segments {
  /** The timelines, in the order of their names. */
  timelines(signal: AbortSignal): AsyncIterable<string>;
  /** The segments of a timeline, in the order of their names. */
  list(timeline: string, options: SegmentListOptions, signal: AbortSignal): AsyncIterable<ListedSegment>;
  /**
   * Reads a segment; undefined where there is none.
   *
   * @throws {OperatorError} where it is larger than {@link MAX_SEGMENT_BYTES}, or the store cannot be read.
   */
  read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined>;
  /**
   * Reads bytes of a file as they are stored; undefined where there is no file.
   *
   * @throws {OperatorError} where the file has other bytes than those, or the store cannot be read.
   */
  readRange(place: SegmentPlace, range: ByteRange, signal: AbortSignal): Promise<Buffer | undefined>;
  /** What the stored bytes of a segment, or of an index, hold: the same as {@link read} gives. */
  open(place: SegmentPlace, stored: Buffer, signal: AbortSignal): Promise<Buffer>;
  /**
   * Writes a segment that does not exist yet, whole or not at all.
   *
   * @throws {BackupExistsError} where there is one.
   */
  create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /**
   * Removes a segment. One that is not there is no error.
   *
   * @throws {LockedError} if an object lock keeps it.
   */
  remove(place: SegmentPlace, signal: AbortSignal): Promise<void>;
}

/** The folder of all timelines. */
export const LOG_FOLDER = "log";

const SAFE = /^[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?$/;

/** Whether a text may be a timeline or a file in a key: no other text may become part of one. */
export function isSegmentWord(text: string): boolean {
  return SAFE.test(text) && !text.includes("..");
}

/** The key of a segment below the prefix of the store. */
export function segmentKey({ timeline, file }: SegmentPlace): string {
  for (const word of [timeline, file]) {
    if (!isSegmentWord(word)) throw new Error(`${JSON.stringify(word)} is no name in a change log`);
  }
  return `${LOG_FOLDER}/${timeline}/${file}`;
}

/** The error of a segment that is larger than any that was written. */
export function tooLargeSegment(task: string): OperatorError {
  return new OperatorError(`${task}: it is larger than any that was written`);
}

/** The error of a file of a change log that has other bytes than those that its name, or a listing, says. */
export function cutSegment(task: string): OperatorError {
  return new OperatorError(`${task}: it is cut short, or was changed`);
}
