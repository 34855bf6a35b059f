import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { Readable, type TransformOptions } from "node:stream";
import { crc32, createDeflateRaw, type DeflateRaw, type ZlibOptions } from "node:zlib";
import JSZip from "jszip";
import { OperatorError } from "../errors.ts";

/*
 * jszip wants to know every entry before it starts, and compresses in JavaScript on the main thread.
 * Both are got round by its own seams, read in jszip 3.10's lib/generate and lib/stream:
 *
 * - generate/index.js asks the zip for its entries with `forEach(callback)`, and each call of the
 *   callback queues one more source in the writer. The writer looks at its queue when a source ends.
 *   So the callback is kept and called for each new entry before the one under way ends.
 * - An entry's `_compressWorker(compression, …)` gives the source. Ours takes bytes that zlib has
 *   deflated on its thread pool, lets jszip pass them through as if they were to be stored, and puts
 *   right what the entry's records say: the method, the CRC-32 and the unpacked size.
 *
 * test/unit/archive/growing-zip.test.ts fails where another version of jszip does otherwise.
 */

/** The most entries a zip without extensions can count; 65,535 itself says "see the extension". */
const MAX_ENTRIES = 65_534;

/** The most bytes such a zip can address. */
const MAX_BYTES = 0xffff_ffff - 1;

/** How much of a file may wait for compression before its writer is asked to wait. */
const WRITE_AHEAD_BYTES = 256 * 1024;

/** Entries that are written but not yet through: small files are then compressed side by side. */
const ENTRIES_AHEAD = 8;

/** Method 8 of the zip format. */
const DEFLATE_MAGIC = "\x08\x00";

/** Regular file, for its owner alone: most archives hold Secrets. */
const UNIX_PERMISSIONS = 0o100600;

/** Options of {@link GrowingZip}. */
export interface GrowingZipOptions {
  /** Date of all entries; even seconds, UTC, as the zip format has no zone. */
  time: Date;
  /** zlib's level, 1 (fast) to 9 (small). */
  level?: number;
  /** The most bytes that the whole may have; the zip format's limit by default. */
  maxBytes?: number;
  /** The most entries; the zip format's limit by default. */
  maxEntries?: number;
}

/** What of jszip's internals is used and its types do not show. */
interface JszipWorker {
  streamInfo: { crc32?: number; uncompressedSize?: number };
  on(event: "end", listener: (this: JszipWorker) => void): JszipWorker;
}
type JszipEntry = JSZip.JSZipObject & {
  _compressWorker(compression: { magic: string }, options: object): JszipWorker;
};
type JszipCallback = (path: string, entry: JSZip.JSZipObject) => void;

/** An entry that is written, or on its way through jszip. */
interface Entry {
  deflate: DeflateRaw;
  through: Promise<unknown>;
  crc32: number;
  size: number;
}

/** A zip whose entries are not known beforehand, in memory that does not grow with their contents. */
export class GrowingZip {
  /** The zip. It must be read while entries are written: writing waits for it. */
  readonly bytes: Readable;
  readonly #options: Required<GrowingZipOptions>;
  readonly #zip = new JSZip();
  readonly #output: JSZip.JSZipStreamHelper<Buffer>;
  readonly #announce: JszipCallback;
  readonly #ended = Promise.withResolvers<void>();
  #current: Entry | undefined;
  #ahead: Entry[] = [];
  #entries = 0;
  #directoryBytes = 0;
  #bytesWritten = 0;
  #complete = false;
  #failure: Error | undefined;

  constructor(options: GrowingZipOptions) {
    this.#options = { level: 3, maxBytes: MAX_BYTES, maxEntries: MAX_ENTRIES, ...options };
    let announce: JszipCallback | undefined;
    this.#zip.forEach = (callback) => {
      announce = callback;
    };
    this.#output = this.#zip.generateInternalStream({
      type: "nodebuffer",
      streamFiles: true,
      compression: "STORE",
      platform: "UNIX",
    });
    if (announce === undefined) throw new Error("jszip no longer asks for its entries with forEach");
    this.#announce = announce;
    this.#ended.promise.catch(() => {});
    this.bytes = new Readable({ read: () => this.#entries > 0 && this.#output.resume() });
    this.#connect();
  }

  /** Begins an entry and ends the one before. */
  async startEntry(path: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.#directoryBytes += 46 + path.length;
    this.#entries += 1;
    const { maxEntries, maxBytes, level } = this.#options;
    if (this.#entries > maxEntries) throw this.abort(tooManyEntries(maxEntries));
    if (this.#bytesWritten + this.#directoryBytes > maxBytes) throw this.abort(tooLarge(maxBytes));

    const deflateOptions: ZlibOptions & TransformOptions = {
      level,
      chunkSize: 64 * 1024,
      writableHighWaterMark: WRITE_AHEAD_BYTES,
    };
    const deflate = createDeflateRaw(deflateOptions);
    // Whoever waits for the entry hears of its error; that nobody waits is no reason to crash.
    deflate.on("error", () => {});
    const through = once(deflate, "end");
    through.catch(() => {});
    const entry: Entry = { deflate, through, crc32: 0, size: 0 };
    const before = this.#current;
    this.#queue(path, entry);
    this.#current = entry;
    if (before === undefined) this.#output.resume();
    else await this.#finish(before, signal);
  }

  /** Adds to the entry that was begun last. Resolves when there is room for more. */
  async write(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    const entry = this.#current;
    if (entry === undefined) throw new Error("No entry has been started");
    entry.crc32 = crc32(chunk, entry.crc32);
    entry.size += chunk.length;
    // An entry's unpacked size has the same 32 bits as the whole.
    if (entry.size > MAX_BYTES) throw this.abort(tooLarge(MAX_BYTES));
    if (!entry.deflate.write(chunk)) await this.#wait(once(entry.deflate, "drain"), signal);
  }

  /** Ends the last entry and with it the zip. Resolves when all of it has been handed on. */
  async end(signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.#current?.deflate.end();
    await this.#wait(this.#ended.promise, signal);
  }

  /**
   * Ends the bytes, and all that waits, with an error: the first one given, which is returned. After
   * the end it changes nothing.
   */
  abort(reason: unknown): Error {
    if (this.#failure !== undefined) return this.#failure;
    const failure =
      reason instanceof Error ? reason : new Error("The archive was aborted", { cause: reason });
    this.#failure = failure;
    this.#ended.reject(failure);
    this.bytes.destroy(failure);
    for (const { deflate } of this.#ahead) deflate.destroy(failure);
    this.#current?.deflate.destroy(failure);
    return failure;
  }

  #connect(): void {
    this.#output
      .on("data", (chunk) => {
        this.#bytesWritten += chunk.length;
        if (this.#bytesWritten > this.#options.maxBytes) this.abort(tooLarge(this.#options.maxBytes));
        else if (!this.bytes.push(chunk)) this.#output.pause();
      })
      .on("error", (error) => this.abort(error))
      .on("end", () => {
        this.#complete = true;
        this.bytes.push(null);
        this.#ended.resolve();
      });
    // Reported by whoever reads the bytes or waits for them; that nobody does is no reason to crash.
    this.bytes.on("error", () => {});
    this.bytes.on("close", () => this.abort(new Error("The archive was not read to its end")));
  }

  /** Hands an entry to jszip, which takes its bytes when those before are through. */
  #queue(path: string, entry: Entry): void {
    this.#zip.file(path, entry.deflate, {
      date: this.#options.time,
      createFolders: false,
      compression: "STORE",
      unixPermissions: UNIX_PERMISSIONS,
    });
    const announced = this.#zip.file(path) as JszipEntry;
    const source = announced._compressWorker.bind(announced);
    announced._compressWorker = (store, options) =>
      source({ ...store, magic: DEFLATE_MAGIC }, options).on("end", function () {
        this.streamInfo.crc32 = entry.crc32;
        this.streamInfo.uncompressedSize = entry.size;
      });
    this.#announce(path, announced);
    // jszip would keep every entry until the end.
    delete this.#zip.files[path];
  }

  async #finish(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.deflate.end();
    this.#ahead.push(entry);
    if (this.#ahead.length <= ENTRIES_AHEAD) return;
    await this.#wait(this.#ahead[0]?.through, signal);
    this.#ahead.shift();
  }

  /** Waits for what an abort, of the signal too, makes reject. */
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

function tooManyEntries(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: it would hold more than ${limit} files, the most that this archive format can hold`,
    {
      advice: "Every kind in every namespace takes a file: fewer namespaces or fewer kinds in one backup fit",
    },
  );
}

function tooLarge(limit: number): OperatorError {
  return new OperatorError(
    `Cannot write the archive: it would be larger than ${limit} bytes, the most that this archive format can hold`,
    { advice: "Fewer kinds, or smaller ConfigMaps and Secrets, in one backup fit" },
  );
}
