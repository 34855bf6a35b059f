import type { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";
import { type SegmentPlace, type Segments, segmentKey } from "../../store/contract/segments.ts";
import { readPackHead } from "../format/open-pack.ts";
import type { PackName } from "../format/pack-name.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { OpenPart } from "./open-part.ts";
import type { PlannedSegment } from "./plan-moment.ts";
import type { PackedPlace } from "./plan-reads.ts";

/** A pack that is not larger comes with one request; in bytes. */
const SMALL_PACK = 256 * 1024;
/** So many packs are remembered: a history that is followed meets new ones without end. */
const MOST_REMEMBERED = 256;

/** A pack whose head was read. */
interface OpenPack {
  segments: readonly PlannedSegment[];
  /** All of its bytes, where it is small. */
  bytes: Buffer | undefined;
}

/** Reads the change log of a store, and remembers the heads of the packs that it has met. */
export class SegmentReader {
  readonly segments: Segments;
  /** The store's URL, for errors. */
  readonly url: string;
  readonly #packs = new Map<string, Promise<OpenPack | undefined>>();

  constructor({ segments, url }: { segments: Segments; url: string }) {
    this.segments = segments;
    this.url = url;
  }

  /**
   * The segments of a pack; undefined where the pack is gone.
   *
   * @throws {OperatorError} where it is damaged.
   */
  async segmentsOf(
    pack: { place: SegmentPlace; size: number; name: PackName },
    signal: AbortSignal,
  ): Promise<readonly PlannedSegment[] | undefined> {
    const key = segmentKey(pack.place);
    let opened = this.#packs.get(key);
    if (opened === undefined) {
      opened = this.#open(pack, signal);
      this.#packs.set(key, opened);
      opened.catch(() => this.#packs.delete(key));
      const [oldest = ""] = this.#packs.keys();
      if (this.#packs.size > MOST_REMEMBERED) this.#packs.delete(oldest);
    }
    const found = await opened;
    if (found === undefined) this.#packs.delete(key);
    return found?.segments;
  }

  /** Bytes of a pack; undefined where the pack is gone. */
  async bytesOf({ pack, start, end }: PackedPlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const known = await this.#packs.get(segmentKey(pack));
    if (known?.bytes !== undefined) return known.bytes.subarray(start, end);
    return await this.segments.readRange(pack, { start, end }, signal);
  }

  async #open(
    { place, size, name }: { place: SegmentPlace; size: number; name: PackName },
    signal: AbortSignal,
  ): Promise<OpenPack | undefined> {
    const { timeline } = place;
    const isSmall = size <= SMALL_PACK;
    const end = isSmall ? size : Math.min(size, name.head);
    const bytes = await this.segments.readRange(place, { start: 0, end }, signal);
    if (bytes === undefined) return undefined;
    try {
      const parts = await readPackHead(bytes.subarray(0, name.head), timeline, name);
      const segments = parts.flatMap((part) => {
        const open = new OpenPart(this.segments, timeline, part);
        return part.segments.map(
          ({ file, start, end: until, ...segment }): PlannedSegment => ({
            ...segment,
            place: { timeline, file },
            packed: { pack: place, start, end: until, part: open },
          }),
        );
      });
      if (segments.at(-1)?.packed?.end !== size) throw new SegmentFault("it is cut short, or was changed");
      return { segments, bytes: isSmall ? bytes : undefined };
    } catch (error) {
      if (!(error instanceof SegmentFault)) throw error;
      throw new OperatorError(
        `Cannot read the pack ${timeline}/${place.file} of the change log in ${this.url}: ${error.message}`,
        { advice: "Give another time with --at, or --or-before for the newest backup before" },
      );
    }
  }
}
