import type { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from "node:zlib";
import yauzl from "yauzl";
import { MAX_DIRECTORY_BYTES, MAX_ENTRY_BYTES } from "../format/bounds.ts";
import type { BlockCache } from "./block-cache.ts";
import { compactEntry, packingOf } from "./zip-entry.ts";
import { ZipLayout } from "./zip-layout.ts";
import { MAX_ENTRIES } from "./zip-limits.ts";
import type { CentralEntry } from "./zip-records.ts";

/** A file of up to this size, in bytes, is inflated at once: streams cost more. */
const SMALL_BYTES = 64 * 1024;

/** Lets yauzl read from the blocks. */
class BlockReader extends yauzl.RandomAccessReader {
  readonly #blocks: BlockCache;

  constructor(blocks: BlockCache) {
    super();
    this.#blocks = blocks;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#blocks.bytes(position, position + length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error) => callback(error),
    );
  }
}

/**
 * Reads a zip by ranges. The reader does not trust the zip: the sizes in the zip decide neither how much memory is
 * allocated nor how much is unpacked.
 *
 * The errors say in a few words what is wrong. Errors of the source pass unchanged.
 */
export class ZipReader {
  readonly #blocks: BlockCache;
  readonly #zip: yauzl.ZipFile;
  /** All entries, in the order of the directory. */
  readonly #entries: readonly CentralEntry[];
  readonly #files: ReadonlyMap<string, CentralEntry>;
  #layout: ZipLayout<CentralEntry> | undefined;

  private constructor(parts: {
    blocks: BlockCache;
    zip: yauzl.ZipFile;
    entries: readonly CentralEntry[];
    files: ReadonlyMap<string, CentralEntry>;
  }) {
    this.#blocks = parts.blocks;
    this.#zip = parts.zip;
    this.#entries = parts.entries;
    this.#files = parts.files;
  }

  /**
   * Reads the directory of a zip.
   *
   * @param beforeEntries is told the number of entries before they are read.
   * @throws {Error} where there is no directory, or the directory names a file twice.
   */
  static async open(
    blocks: BlockCache,
    size: number,
    beforeEntries?: (count: number) => Promise<void>,
  ): Promise<ZipReader> {
    const zip = await yauzl.fromRandomAccessReaderPromise(new BlockReader(blocks), size, {
      autoClose: false,
      strictFileNames: true,
      // Decoded, a name takes many times its bytes.
      decodeStrings: false,
    });
    if (zip.entryCount > MAX_ENTRIES) throw new Error(`it holds more than ${MAX_ENTRIES} files`);
    await beforeEntries?.(zip.entryCount);
    const entries: CentralEntry[] = [];
    const files = new Map<string, CentralEntry>();
    let bytes = 0;
    for await (const read of zip.eachEntry()) {
      const { fileNameLength, extraFieldLength, fileCommentLength } = read;
      const length = fileNameLength + extraFieldLength + fileCommentLength;
      bytes += length;
      if (length > MAX_ENTRY_BYTES || bytes > MAX_DIRECTORY_BYTES)
        throw new Error("its directory is too large");
      const entry = compactEntry(read);
      entries.push(entry);
      // Other programs add folders when they pack an archive.
      if (entry.fileName.endsWith("/") && entry.uncompressedSize === 0) continue;
      if (files.has(entry.fileName)) throw new Error(`it holds ${entry.fileName} twice`);
      files.set(entry.fileName, entry);
    }
    return new ZipReader({ blocks, zip, entries, files });
  }

  /** The paths of all files. */
  paths(): Iterable<string> {
    return this.#files.keys();
  }

  /** The unpacked size of a file in bytes, from the directory; undefined where there is no file of the path. */
  size(path: string): number | undefined {
    return this.#files.get(path)?.uncompressedSize;
  }

  /** The packed size of a file in bytes; undefined where there is no file of the path. */
  packedSize(path: string): number | undefined {
    return this.#files.get(path)?.compressedSize;
  }

  /**
   * The unpacked bytes of a file, never more than the directory says.
   *
   * @throws {Error} where there is no such file, or the file does not unpack to that size and CRC-32.
   */
  content(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    return this.#content(this.#file(path), signal);
  }

  /**
   * Checks the bytes around the data of a file.
   *
   * @throws {Error} where they differ from the directory.
   */
  async checkRecords(path: string): Promise<void> {
    await this.#checked().checkEntry(this.#file(path));
  }

  /**
   * Checks the directory, and the folders in it.
   *
   * @throws {Error} where the directory contradicts itself, or bytes of the zip belong to nothing.
   */
  async checkDirectory(signal: AbortSignal): Promise<void> {
    await this.#checked().checkDirectory();
    for (const entry of this.#entries) {
      if (this.#files.get(entry.fileName) === entry) continue;
      await this.#checked().checkEntry(entry);
      for await (const _ of this.#content(entry, signal));
    }
  }

  #file(path: string): CentralEntry {
    const entry = this.#files.get(path);
    if (entry === undefined) throw new Error("it is not there");
    return entry;
  }

  #checked(): ZipLayout<CentralEntry> {
    this.#layout ??= new ZipLayout(this.#blocks, {
      entries: this.#entries,
      files: [...this.#files.values()],
      size: this.#zip.fileSize,
    });
    return this.#layout;
  }

  async *#content(entry: CentralEntry, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (packingOf(entry) === undefined) throw new Error("it is encrypted, or of an unknown compression");
    signal.throwIfAborted();
    const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(entry as yauzl.Entry, {
      minimal: true,
    });
    let size = 0;
    let checksum = 0;
    for await (const chunk of this.#unpacked(entry, fileDataStart)) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > entry.uncompressedSize) break;
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (size !== entry.uncompressedSize) throw new Error("its size is not the stated one");
    // This reader does not need the field; unzip does.
    if (checksum !== entry.crc32) throw new Error("its CRC-32 is not the stated one");
  }

  /** The unpacked data of a file; of a small file, at most one byte more than the stated size. */
  async *#unpacked(entry: CentralEntry, start: number): AsyncGenerator<Buffer> {
    const end = start + entry.compressedSize;
    if (packingOf(entry) === "stored") {
      yield* this.#blocks.pieces(start, end);
      return;
    }
    let taken: number;
    if (Math.max(entry.compressedSize, entry.uncompressedSize) > SMALL_BYTES) {
      const unpacked = inflate(this.#blocks.pieces(start, end));
      yield* unpacked;
      taken = unpacked.bytesWritten;
    } else {
      const unpacked = inflateAtOnce(await this.#blocks.bytes(start, end), entry.uncompressedSize);
      yield unpacked.buffer;
      taken = unpacked.engine.bytesWritten;
    }
    if (taken !== entry.compressedSize) throw new Error("its packed size is not the stated one");
  }
}

/** At most one byte more than the stated size, and the bytes that zlib consumed. */
function inflateAtOnce(packed: Buffer, size: number): { buffer: Buffer; engine: { bytesWritten: number } } {
  const options = { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1), info: true };
  // The types have the option, and not its result.
  return inflateRawSync(packed, options) as unknown as ReturnType<typeof inflateAtOnce>;
}

function inflate(packed: AsyncIterable<Buffer>): InflateRaw {
  const unpacked = createInflateRaw({ chunkSize: 64 * 1024 });
  // The iterator gets the errors; the callback only keeps them from being thrown as well.
  pipeline(Readable.from(packed), unpacked, () => {});
  return unpacked;
}
