import { BackupExistsError } from "../../store/contract/backup-exists-error.ts";
import type { SegmentPlace, Segments } from "../../store/contract/segments.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import { packSegment } from "../format/packed-segment.ts";
import { formatSegment, type SegmentHeader, sha256Of } from "../format/segment.ts";
import { formatSegmentName } from "../format/segment-name.ts";
import { indexOfSegment, type KnownIndex } from "../roll-up/known-index.ts";

/** Options of {@link SegmentChain}. */
export interface SegmentChainOptions {
  segments: Segments;
  timeline: string;
  /** Makes an armored SSHSIG; segments are not signed by default. */
  sign?: ((text: Uint8Array) => string) | undefined;
  /** Encrypts what is stored; it is stored in plain by default. */
  encrypt?: ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined;
  /** Called with each segment that is stored, and what an index says of it. */
  onStored?: ((stored: { place: SegmentPlace; size: number }, known: KnownIndex) => void) | undefined;
}

/** What a segment says, apart from its place in the chain. */
export interface SegmentContent {
  header: Omit<SegmentHeader, "format" | "formatVersion" | "records" | "timeline" | "number" | "previous">;
  records: readonly ChangeRecord[];
}

/** The segments of one timeline, each naming the one before. */
export class SegmentChain {
  readonly #options: SegmentChainOptions;
  #number = 0;
  #previous: string | undefined;
  /** Made, and perhaps not stored: what an error says of a write may be wrong, and its number may be taken. */
  #unsent: { place: SegmentPlace; bytes: Uint8Array; sha256: string; known: KnownIndex } | undefined;

  constructor(options: SegmentChainOptions) {
    this.#options = options;
  }

  /**
   * Stores a segment. After an error, {@link retry} must succeed before the next one.
   *
   * @throws {OperatorError} where the store does not take it.
   */
  async add({ header, records }: SegmentContent, signal: AbortSignal): Promise<void> {
    if (this.#unsent !== undefined) throw new Error("A segment is still to be stored");
    const { timeline, sign, encrypt } = this.#options;
    const number = this.#number;
    const previous = this.#previous === undefined ? {} : { previous: this.#previous };
    const text = formatSegment({ timeline, number, ...header, ...previous }, records, sign);
    const packed = await packSegment(text);
    const bytes = encrypt === undefined ? packed : await encrypt(packed);
    const file = formatSegmentName({
      ...{ until: new Date(header.to.time), number, revision: header.to.revision },
      ...{ isBase: header.base !== undefined, isEncrypted: encrypt !== undefined },
    });
    const sha256 = sha256Of(packed);
    const known = indexOfSegment({ timeline, number, ...header, ...previous }, records, sha256);
    this.#unsent = { place: { timeline, file }, bytes, sha256, known };
    await this.retry(signal);
  }

  /** Stores what was not stored, the same bytes under the same name. */
  async retry(signal: AbortSignal): Promise<void> {
    if (this.#unsent === undefined) return;
    const { place, bytes, sha256, known } = this.#unsent;
    const { segments, onStored } = this.#options;
    try {
      await segments.create(place, bytes, signal);
    } catch (error) {
      // Nobody else writes to this timeline: an earlier attempt has stored it after all.
      if (!(error instanceof BackupExistsError)) throw error;
    }
    this.#number += 1;
    this.#previous = sha256;
    this.#unsent = undefined;
    onStored?.({ place, size: bytes.length }, known);
  }
}
