import { Buffer } from "node:buffer";
import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import { OperatorError } from "../errors.ts";
import { ForwardingSegments } from "../store/contract/forwarding-segments.ts";
import { type SegmentPlace, type Segments, segmentKey } from "../store/contract/segments.ts";
import type { RandomAccess } from "../store/contract/store.ts";
import type { Identities } from "./identities.ts";

/** A change log whose encrypted segments are read as the plain ones that they hold. */
export class DecryptingSegments extends ForwardingSegments {
  readonly #identities: Identities;

  constructor(inner: Segments, identities: Identities) {
    super(inner);
    this.#identities = identities;
  }

  /** @throws {MissingKeyError} where the segment is encrypted and no key opens it. */
  protected override async opened(place: SegmentPlace, stored: Buffer, signal: AbortSignal): Promise<Buffer> {
    if (!place.file.endsWith(".age")) return stored;
    const { EncryptedSource } = await import("./encrypted-source.ts");
    try {
      const source = await EncryptedSource.open(
        new Bytes(segmentKey(place), stored),
        this.#identities,
        signal,
      );
      return Buffer.from(await source.read(0, source.size, signal));
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      throw new OperatorError(`Cannot read ${segmentKey(place)}: ${error.reason}`, { cause: error });
    }
  }
}

class Bytes implements RandomAccess {
  readonly name: string;
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    return this.#bytes.subarray(start, end);
  }

  async close(): Promise<void> {}
}
