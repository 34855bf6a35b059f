import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { crc32, deflateRawSync, type ZlibOptions } from "node:zlib";
import type { OwnedBytes } from "../../memory/owned-bytes.ts";
import { MAX_DIRECTORY_BYTES, MAX_ENTRIES } from "../format/bounds.ts";
import { DeflatedBlocks } from "./deflated-blocks.ts";
import { DirectoryWriter } from "./directory-writer.ts";
import { needsZip64 } from "./end-records.ts";
import { entryFields } from "./entry-fields.ts";
import { tooLargeFile, tooManyFiles } from "./zip-limits.ts";
import { ZipOutput } from "./zip-output.ts";
import {
  CENTRAL_RECORD_BYTES,
  dataDescriptor,
  HAS_DESCRIPTOR,
  IN_ZIP64,
  localHeader,
  ZIP64_FIELD_BYTES,
} from "./zip-records.ts";

/** Entries that are written and that the reader has not taken yet: small files are compressed ahead of it. */
const ENTRIES_AHEAD = 8;

/**
 * A file of up to this size, in bytes, is compressed at once on the main thread, in a fraction of a millisecond. A
 * stream costs more than that, and a cluster of many namespaces has many small files.
 */
const SMALL_BYTES = 16 * 1024;

/** Small tables for zlib: larger ones cost more than the compression of a small file. */
const SMALL_DEFLATE: ZlibOptions = { windowBits: 14, memLevel: 6 };

/** Options of {@link ZipWriter}. */
export interface ZipWriterOptions {
  /** Date of all entries; even seconds, UTC, as the zip format has no time zone. */
  time: Date;
  /** zlib's level, 1 (fast) to 9 (small); 2 by default, see docs/decisions/deflate.md. */
  level?: number;
  /** The largest central directory, in bytes; what a reader takes by default. */
  maxDirectoryBytes?: number;
  /** The most entries; what a reader takes by default. */
  maxEntries?: number;
  /** How many bytes lie before the zip in its file; none by default. */
  startsAt?: number;
}

/** An entry that is being written. */
interface Entry {
  readonly path: string;
  crc32: number;
  /** Unpacked size in bytes. */
  size: number;
  /** The bytes of the entry while all of them are small. */
  small: OwnedBytes | undefined;
  /** Compresses the entry, once the entry is not small. */
  deflate: DeflatedBlocks | undefined;
}

/**
 * Writes a zip whose entries are not known in advance, in memory that does not grow with their contents.
 * docs/decisions/zip-writer.md tells why no library does.
 */
export class ZipWriter {
  readonly #options: Required<ZipWriterOptions>;
  readonly #output: ZipOutput;
  readonly #directory = new DirectoryWriter();
  #current: Entry | undefined;
  /** Resolves when all entries up to now are in the output. */
  #through: Promise<void> = Promise.resolve();
  /** The same for each of the last entries. */
  #ahead: Promise<void>[] = [];
  /** The size of the directory with all entries that have been started, in bytes; at most that. */
  #directoryBytes = 0;
  #entries = 0;
  #ended = false;
  #failure: Error | undefined;

  constructor(options: ZipWriterOptions) {
    const bounds = { maxDirectoryBytes: MAX_DIRECTORY_BYTES, maxEntries: MAX_ENTRIES };
    this.#options = { level: 2, ...bounds, startsAt: 0, ...options };
    this.#output = new ZipOutput(this.#options.startsAt);
    this.bytes.on("close", () => this.abort(new Error("The archive was not read to its end")));
  }

  /** The zip. It must be read while entries are written: writing waits for the reader (backpressure). */
  get bytes(): Readable {
    return this.#output.bytes;
  }

  /**
   * Begins an entry. The entry before is complete then.
   *
   * @throws {OperatorError} where there would be more entries, or a larger directory, than a reader takes.
   */
  async startEntry(path: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    const { maxDirectoryBytes, maxEntries } = this.#options;
    this.#entries += 1;
    this.#directoryBytes += CENTRAL_RECORD_BYTES + path.length + ZIP64_FIELD_BYTES;
    if (this.#entries > maxEntries || this.#directoryBytes > maxDirectoryBytes) {
      throw this.abort(tooManyFiles(maxEntries));
    }
    await this.#complete(signal);
    this.#current = { path, small: undefined, deflate: undefined, crc32: 0, size: 0 };
  }

  /**
   * Adds a chunk to the entry that was begun last, and becomes the owner of the chunk. Resolves when there is room
   * for more.
   *
   * @throws {OperatorError} where the entry reaches 4 GiB.
   */
  async write(chunk: OwnedBytes, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    const entry = this.#current;
    if (entry === undefined) throw new Error("No entry has been started");
    const first = entry.size === 0;
    const { bytes } = chunk;
    entry.crc32 = crc32(bytes, entry.crc32);
    entry.size += bytes.length;
    if (entry.size >= IN_ZIP64) throw this.abort(tooLargeFile(entry.path));
    if (first && bytes.length <= SMALL_BYTES) {
      entry.small = chunk;
      return;
    }
    const deflate = entry.deflate ?? (await this.#startDeflate(entry, signal));
    await this.#wait(deflate.write(chunk), signal);
  }

  /**
   * Whether the zip has the records of ZIP64 once it has so many entries and bytes more. Completes the entry that was
   * begun last, and resolves when all entries are in the output.
   */
  async needsZip64With(more: { entries: number; bytes: number }, signal: AbortSignal): Promise<boolean> {
    this.#check(signal);
    await this.#complete(signal);
    await this.#wait(this.#through, signal);
    const { entries, start, bytes } = this.#directory.placeAt(this.#output.position);
    return needsZip64({ entries: entries + more.entries, start: start + more.bytes, bytes });
  }

  /** Ends the last entry and the zip. Resolves when the bytes have been read, but for the last ones. */
  async end(signal: AbortSignal): Promise<void> {
    this.#check(signal);
    await this.#complete(signal);
    await this.#append(() => this.#writeDirectory(), signal);
    await this.#wait(this.#through, signal);
  }

  /**
   * Ends the bytes, and all waits, with an error: the first error that was given, which is returned. After the end,
   * nothing changes.
   */
  abort(reason: unknown): Error {
    if (this.#failure !== undefined) return this.#failure;
    const failure =
      reason instanceof Error ? reason : new Error("The archive was aborted", { cause: reason });
    if (this.#ended) return failure;
    this.#failure = failure;
    this.#output.fail(failure);
    this.#current?.deflate?.output.destroy(failure);
    return failure;
  }

  async #startDeflate(entry: Entry, signal: AbortSignal): Promise<DeflatedBlocks> {
    const deflate = new DeflatedBlocks(this.#options.level);
    // Whoever writes the entry gets the error; without them the error must not crash the process.
    deflate.output.on("error", () => {});
    entry.deflate = deflate;
    await this.#append(() => this.#writeStreamed(entry, deflate.output), signal);
    if (entry.small !== undefined) await this.#wait(deflate.write(entry.small), signal);
    return deflate;
  }

  /** The current entry has all its bytes. */
  async #complete(signal: AbortSignal): Promise<void> {
    const entry = this.#current;
    this.#current = undefined;
    if (entry?.deflate !== undefined) entry.deflate.end();
    else if (entry !== undefined) {
      const data = this.#deflateSmall(entry);
      await this.#append(() => this.#writeWhole(entry, data), signal);
    }
  }

  #deflateSmall(entry: Entry): Buffer {
    using small = entry.small;
    const bytes = small?.bytes ?? Buffer.alloc(0);
    const { level } = this.#options;
    return deflateRawSync(bytes, { ...SMALL_DEFLATE, level, chunkSize: Math.max(64, bytes.length) });
  }

  /** An entry whose data are there: its sizes and CRC-32 are in the local header. */
  async #writeWhole({ path, crc32, size }: Entry, data: Buffer): Promise<void> {
    const entry = {
      ...entryFields({ path, time: this.#options.time, offset: this.#output.position }),
      ...{ flags: 0, crc32, compressedSize: data.length, uncompressedSize: size },
    };
    await this.#output.append(localHeader(entry));
    await this.#output.append(data);
    this.#directory.add(entry);
  }

  /** An entry whose sizes and CRC-32 are known after its data, and follow them. */
  async #writeStreamed(facts: Entry, data: AsyncIterable<Buffer>): Promise<void> {
    const entry = {
      ...entryFields({ path: facts.path, time: this.#options.time, offset: this.#output.position }),
      ...{ flags: HAS_DESCRIPTOR, crc32: 0, compressedSize: 0, uncompressedSize: 0 },
    };
    await this.#output.append(localHeader(entry));
    for await (const chunk of data) {
      entry.compressedSize += chunk.length;
      await this.#output.append(chunk);
    }
    entry.crc32 = facts.crc32;
    entry.uncompressedSize = facts.size;
    await this.#output.append(dataDescriptor(entry));
    this.#directory.add(entry);
  }

  async #writeDirectory(): Promise<void> {
    for (const bytes of this.#directory.bytes(this.#output.position)) await this.#output.append(bytes);
    this.#ended = true;
    this.#output.end();
  }

  /** Has something written after all that was appended before. Resolves when not too much waits for the reader. */
  async #append(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const through = this.#through.then(write);
    through.catch((error) => this.abort(error));
    this.#through = through;
    this.#ahead.push(through);
    if (this.#ahead.length > ENTRIES_AHEAD) await this.#wait(this.#ahead.shift(), signal);
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
