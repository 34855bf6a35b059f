/** A change log in memory, and one whose program is killed. */

import { Buffer } from "node:buffer";
import { BackupExistsError } from "../../../src/store/contract/backup-exists-error.ts";
import { ForwardingSegments } from "../../../src/store/contract/forwarding-segments.ts";
import type {
  ByteRange,
  ListedSegment,
  SegmentListOptions,
  SegmentPlace,
  Segments,
} from "../../../src/store/contract/segments.ts";

/** A change log in memory. */
export class MemorySegments implements Segments {
  readonly files = new Map<string, Map<string, Buffer>>();

  async *timelines(): AsyncGenerator<string> {
    yield* [...this.files.keys()].sort();
  }

  async *list(timeline: string, { after }: SegmentListOptions): AsyncGenerator<ListedSegment> {
    const files = [...(this.files.get(timeline) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [file, bytes] of files)
      if (after === undefined || file > after) yield { place: { timeline, file }, size: bytes.length };
  }

  async read({ timeline, file }: SegmentPlace): Promise<Buffer | undefined> {
    return this.files.get(timeline)?.get(file);
  }

  async readRange(place: SegmentPlace, { start, end }: ByteRange): Promise<Buffer | undefined> {
    return (await this.read(place))?.subarray(start, end);
  }

  async open(_place: SegmentPlace, stored: Buffer): Promise<Buffer> {
    return stored;
  }

  async create({ timeline, file }: SegmentPlace, bytes: Uint8Array): Promise<void> {
    const files = this.files.get(timeline) ?? new Map<string, Buffer>();
    if (files.has(file)) throw new BackupExistsError(file, "memory");
    files.set(file, Buffer.from(bytes));
    this.files.set(timeline, files);
  }

  async remove({ timeline, file }: SegmentPlace): Promise<void> {
    this.files.get(timeline)?.delete(file);
  }

  /** The same files in a change log of their own. */
  copy(): MemorySegments {
    const copy = new MemorySegments();
    for (const [timeline, files] of this.files) copy.files.set(timeline, new Map(files));
    return copy;
  }
}

/** The end of a program. */
export class Killed extends Error {
  override name = "Killed";
}

/** A change log whose program is killed at its nth write or removal: before it, or after it but before its answer. */
export class KilledSegments extends ForwardingSegments {
  #left: number;
  readonly #isAfter: boolean;

  constructor(inner: Segments, { at, isAfter }: { at: number; isAfter: boolean }) {
    super(inner);
    this.#left = at;
    this.#isAfter = isAfter;
  }

  override async create(place: SegmentPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#do(() => super.create(place, bytes, signal));
  }

  override async remove(place: SegmentPlace, signal: AbortSignal): Promise<void> {
    await this.#do(() => super.remove(place, signal));
  }

  async #do(work: () => Promise<void>): Promise<void> {
    if (this.#left < 0) throw new Killed();
    this.#left -= 1;
    if (this.#left < 0 && !this.#isAfter) throw new Killed();
    await work();
    if (this.#left < 0) throw new Killed();
  }
}
