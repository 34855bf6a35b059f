import type { Buffer } from "node:buffer";
import { unpackSegment } from "../change-log/format/packed-segment.ts";
import { parseSegment, SegmentFault } from "../change-log/format/segment.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import {
  type ListedSegment,
  type SegmentListOptions,
  type SegmentPlace,
  type Segments,
  segmentKey,
} from "../store/contract/segments.ts";
import { objectionTo } from "./judge-segment.ts";
import { UnbelievedError } from "./unbelieved-error.ts";

/** A change log of which only the segments can be read that somebody in ALLOWED_SIGNERS has signed. */
export class BelievedSegments implements Segments {
  readonly #inner: Segments;
  readonly #signers: readonly AllowedSigner[];

  constructor(inner: Segments, signers: readonly AllowedSigner[]) {
    this.#inner = inner;
    this.#signers = signers;
  }

  timelines(signal: AbortSignal): AsyncIterable<string> {
    return this.#inner.timelines(signal);
  }

  list(timeline: string, options: SegmentListOptions, signal: AbortSignal): AsyncIterable<ListedSegment> {
    return this.#inner.list(timeline, options, signal);
  }

  /** @throws {UnbelievedError} where nobody vouches for the segment. */
  async read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const packed = await this.#inner.read(place, signal);
    if (packed === undefined) return undefined;
    const objection = await this.#objection(packed);
    if (objection !== undefined) throw new UnbelievedError(segmentKey(place), objection);
    return packed;
  }

  create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#inner.create(place, bytes, signal);
  }

  remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    return this.#inner.remove(place, signal);
  }

  async #objection(packed: Buffer): Promise<string | undefined> {
    try {
      return objectionTo(parseSegment(await unpackSegment(packed)), this.#signers);
    } catch (error) {
      if (error instanceof SegmentFault) return error.message;
      throw error;
    }
  }
}
