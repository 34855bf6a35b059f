import type { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";
import type { Segments } from "../../store/contract/segments.ts";
import type { LaidPart } from "../format/open-pack.ts";
import { unpackSegment } from "../format/packed-segment.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { indexFile, namesSha256, parseIndex, type SegmentIndex } from "../format/segment-index.ts";

/** The segments of a pack that one index is of. */
export class OpenPart {
  /** The number of the first one. */
  readonly first: number;
  readonly #segments: Segments;
  readonly #timeline: string;
  readonly #part: LaidPart;
  #index: Promise<SegmentIndex | undefined> | undefined;

  constructor(segments: Segments, timeline: string, part: LaidPart) {
    this.first = part.segments[0]?.number ?? 0;
    this.#segments = segments;
    this.#timeline = timeline;
    this.#part = part;
  }

  /**
   * The index; undefined where there is none that can be used: one that is damaged, or that nobody vouches for, is as good as
   * none. What it is of is read then, and speaks for itself.
   */
  async index(signal: AbortSignal): Promise<SegmentIndex | undefined> {
    const { index } = this.#part;
    if (index === undefined) return undefined;
    this.#index ??= this.#read(index, signal);
    return await this.#index;
  }

  async #read(stored: Buffer, signal: AbortSignal): Promise<SegmentIndex | undefined> {
    const { segments, isEncrypted } = this.#part;
    const last = segments.at(-1);
    if (last === undefined) return undefined;
    const file = indexFile({ number: last.number, until: last.until, isEncrypted });
    try {
      const packed = await this.#segments.open({ timeline: this.#timeline, file }, stored, signal);
      const index = parseIndex(await unpackSegment(packed));
      const { timeline, first, names, sha256 } = index.header;
      const isOfThese =
        timeline === this.#timeline &&
        first === this.first &&
        sha256.length === segments.length &&
        names === namesSha256(segments.map((each) => each.file));
      return isOfThese ? index : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OperatorError || error instanceof SegmentFault) return undefined;
      throw error;
    }
  }
}
