import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Readable } from "node:stream";
import { crc32, deflateRawSync, type ZlibOptions } from "node:zlib";
import type { OwnedBytes } from "../../memory/owned-bytes.ts";
import { DeflatedBlocks } from "./deflated-blocks.ts";
import { BlockGatherer } from "./gather-blocks.ts";
import { type EntryFacts, GrowingJszip } from "./growing-jszip.ts";
import { MAX_BYTES, MAX_ENTRIES, tooLarge, tooManyEntries } from "./zip-limits.ts";

/** The size of the blocks of the output, in bytes. */
const BLOCK_BYTES = 64 * 1024;

/** Entries that are written and have not passed jszip yet: small files are compressed side by side. */
const ENTRIES_AHEAD = 8;

/**
 * A file of up to this size, in bytes, is compressed at once on the main thread, in a fraction of a millisecond. A
 * stream costs more than that, and a cluster of many namespaces has many small files.
 */
const SMALL_BYTES = 16 * 1024;

/** Small tables for zlib: larger ones cost more than the compression of a small file. */
const SMALL_DEFLATE: ZlibOptions = { windowBits: 14, memLevel: 6 };

/** Options of {@link GrowingZip}. */
export interface GrowingZipOptions {
  /** Date of all entries; even seconds, UTC, as the zip format has no time zone. */
  time: Date;
  /** zlib's level, 1 (fast) to 9 (small). */
  level?: number;
  /** The largest zip, in bytes; the limit of the zip format by default. */
  maxBytes?: number;
  /** The most entries; the limit of the zip format by default. */
  maxEntries?: number;
}

/** An entry that is being written, or that is passing jszip. */
interface Entry extends EntryFacts {
  /** The bytes of the entry while all of them are small. */
  small: OwnedBytes | undefined;
  /** Compresses the entry, once the entry is not small. */
  deflate: DeflatedBlocks | undefined;
}

/** An entry that jszip knows. */
interface Announced {
  /** The deflated bytes. */
  source: Readable;
  /** Says that all bytes are there. */
  end(): void;
  /** Resolves when jszip has read all bytes. */
  through: Promise<unknown>;
}

/** A zip whose entries are not known in advance, in memory that does not grow with their contents. */
export class GrowingZip {
  /** The zip. It must be read while entries are written: writing waits for the reader (backpressure). */
  readonly bytes: Readable;
  readonly #options: Required<GrowingZipOptions>;
  readonly #zip: GrowingJszip;
  readonly #ended = Promise.withResolvers<void>();
  #current: Entry | undefined;
  /** Entries that jszip knows and has not read. The last of them ends only when jszip knows another. */
  #ahead: Announced[] = [];
  #entries = 0;
  #directoryBytes = 0;
  #bytesWritten = 0;
  #handedOn = false;
  #failure: Error | undefined;

  constructor(options: GrowingZipOptions) {
    // Measured on ConfigMaps and Secrets: 86 MB/s where level 3 has 45 to 62, and a twentieth larger.
    this.#options = { level: 2, maxBytes: MAX_BYTES, maxEntries: MAX_ENTRIES, ...options };
    this.#zip = new GrowingJszip(options.time);
    this.#ended.promise.catch(() => {});
    this.bytes = new Readable({ read: () => this.#ahead.length > 0 && this.#zip.output.resume() });
    this.#connect();
  }

  /** Begins an entry. The entry before is complete then. */
  async startEntry(path: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.#directoryBytes += 46 + path.length;
    this.#entries += 1;
    const { maxEntries, maxBytes } = this.#options;
    if (this.#entries > maxEntries) throw this.abort(tooManyEntries(maxEntries));
    if (this.#bytesWritten + this.#directoryBytes > maxBytes) throw this.abort(tooLarge(maxBytes));
    await this.#complete(signal);
    this.#current = { path, small: undefined, deflate: undefined, crc32: 0, size: 0 };
  }

  /**
   * Adds a chunk to the entry that was begun last, and becomes the owner of the chunk. Resolves when there is room
   * for more.
   */
  async write(chunk: OwnedBytes, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    const entry = this.#current;
    if (entry === undefined) throw new Error("No entry has been started");
    const first = entry.size === 0;
    const { bytes } = chunk;
    entry.crc32 = crc32(bytes, entry.crc32);
    entry.size += bytes.length;
    // The size of an entry has the same 32 bits as the size of the zip.
    if (entry.size > MAX_BYTES) throw this.abort(tooLarge(MAX_BYTES));
    if (first && bytes.length <= SMALL_BYTES) {
      entry.small = chunk;
      return;
    }
    const deflate = entry.deflate ?? (await this.#startDeflate(entry, signal));
    await this.#wait(deflate.write(chunk), signal);
  }

  /** Ends the last entry and the zip. Resolves when all bytes have been read. */
  async end(signal: AbortSignal): Promise<void> {
    this.#check(signal);
    await this.#complete(signal);
    this.#ahead.at(-1)?.end();
    await this.#wait(this.#ended.promise, signal);
  }

  /**
   * Ends the bytes, and all waits, with an error: the first error that was given, which is returned. After the end,
   * nothing changes.
   */
  abort(reason: unknown): Error {
    if (this.#failure !== undefined) return this.#failure;
    const failure =
      reason instanceof Error ? reason : new Error("The archive was aborted", { cause: reason });
    if (this.#handedOn) return failure;
    this.#failure = failure;
    this.#ended.reject(failure);
    this.bytes.destroy(failure);
    for (const { source } of this.#ahead) source.destroy(failure);
    return failure;
  }

  #connect(): void {
    const blocks = new BlockGatherer(BLOCK_BYTES);
    this.#zip.output
      .on("data", (chunk) => {
        this.#bytesWritten += chunk.length;
        if (this.#bytesWritten > this.#options.maxBytes) this.abort(tooLarge(this.#options.maxBytes));
        for (const block of blocks.add(chunk)) {
          if (!this.bytes.push(block)) this.#zip.output.pause();
        }
      })
      .on("error", (error) => this.abort(error))
      .on("end", () => {
        this.#handedOn = true;
        this.bytes.push(blocks.rest());
        this.bytes.push(null);
        this.#ended.resolve();
      });
    // The reader, or whoever waits, gets the error; without them the error must not crash the process.
    this.bytes.on("error", () => {});
    this.bytes.on("close", () => this.abort(new Error("The archive was not read to its end")));
  }

  async #startDeflate(entry: Entry, signal: AbortSignal): Promise<DeflatedBlocks> {
    const deflate = new DeflatedBlocks(this.#options.level);
    entry.deflate = deflate;
    await this.#announce(entry, deflate.output, () => deflate.end(), signal);
    if (entry.small !== undefined) await this.#wait(deflate.write(entry.small), signal);
    return deflate;
  }

  /** The current entry has all its bytes. */
  async #complete(signal: AbortSignal): Promise<void> {
    const entry = this.#current;
    this.#current = undefined;
    if (entry === undefined || entry.deflate !== undefined) return;
    const source = new Readable({ read() {} });
    source.push(this.#deflateSmall(entry));
    await this.#announce(entry, source, () => source.push(null), signal);
  }

  #deflateSmall(entry: Entry): Buffer {
    using small = entry.small;
    const bytes = small?.bytes ?? Buffer.alloc(0);
    const { level } = this.#options;
    return deflateRawSync(bytes, { ...SMALL_DEFLATE, level, chunkSize: Math.max(64, bytes.length) });
  }

  /** Announces an entry to jszip, which reads the bytes of the entry after those of the entries before. */
  async #announce(entry: Entry, source: Readable, end: () => void, signal: AbortSignal): Promise<void> {
    // Whoever waits for the entry gets the error; without them the error must not crash the process.
    source.on("error", () => {});
    const through = once(source, "end");
    through.catch(() => {});
    this.#zip.add(entry, source);
    const before = this.#ahead.at(-1);
    this.#ahead.push({ source, end, through });
    if (before === undefined) this.#zip.output.resume();
    else before.end();
    if (this.#ahead.length <= ENTRIES_AHEAD) return;
    await this.#wait(this.#ahead[0]?.through, signal);
    this.#ahead.shift();
  }

  /** Waits for an event that an abort, also of the signal, makes reject. */
  async #wait(event: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
    const abort = () => this.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await event;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #check(signal: AbortSignal): void {
    if (signal.aborted) this.abort(signal.reason);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
