import type { Buffer } from "node:buffer";
import { unpackSegment } from "../change-log/format/packed-segment.ts";
import { parseSegment, SegmentFault } from "../change-log/format/segment.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { ForwardingSegments } from "../store/contract/forwarding-segments.ts";
import { type SegmentPlace, type Segments, segmentKey } from "../store/contract/segments.ts";
import { objectionTo } from "./judge-segment.ts";
import { UnbelievedError } from "./unbelieved-error.ts";

/** A change log of which only the segments can be read that somebody in ALLOWED_SIGNERS has signed. */
export class BelievedSegments extends ForwardingSegments {
  readonly #signers: readonly AllowedSigner[];

  constructor(inner: Segments, signers: readonly AllowedSigner[]) {
    super(inner);
    this.#signers = signers;
  }

  /** @throws {UnbelievedError} where nobody vouches for the segment. */
  override async read(place: SegmentPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const packed = await this.inner.read(place, signal);
    if (packed === undefined) return undefined;
    const objection = await this.#objection(packed);
    if (objection !== undefined) throw new UnbelievedError(segmentKey(place), objection);
    return packed;
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
