import type { Buffer } from "node:buffer";
import { unpackSegment } from "../change-log/format/packed-segment.ts";
import { parseSegment } from "../change-log/format/segment.ts";
import { SegmentFault } from "../change-log/format/segment-fault.ts";
import { isIndexFile, parseIndex } from "../change-log/format/segment-index.ts";
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
  protected override async opened(place: SegmentPlace, packed: Buffer): Promise<Buffer> {
    const objection = await this.#objection(place, packed);
    if (objection !== undefined) throw new UnbelievedError(segmentKey(place), objection);
    return packed;
  }

  async #objection({ file }: SegmentPlace, packed: Buffer): Promise<string | undefined> {
    try {
      const text = await unpackSegment(packed);
      return objectionTo(isIndexFile(file) ? parseIndex(text) : parseSegment(text), this.#signers);
    } catch (error) {
      if (error instanceof SegmentFault) return error.message;
      throw error;
    }
  }
}
