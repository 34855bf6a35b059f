import type { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from "node:zlib";
import type { BlockCache } from "./block-cache.ts";
import { isFolder, ZipDirectory } from "./zip-directory.ts";
import { ZipLayout } from "./zip-layout.ts";
import { type CentralEntry, LOCAL_HEADER_BYTES } from "./zip-records.ts";

/** A file of up to this size, in bytes, is inflated at once: streams cost more. */
const SMALL_BYTES = 64 * 1024;

/** Bit 0 of the flags: the data are encrypted. */
const ENCRYPTED = 0x0001;

/**
 * Reads a zip by ranges. The reader does not trust the zip: the sizes in the zip decide neither how much memory is
 * allocated nor how much is unpacked.
 *
 * The errors say in a few words what is wrong. Errors of the source pass unchanged.
 */
export class ZipReader {
  readonly #blocks: BlockCache;
  readonly #directory: ZipDirectory;
  #layout: ZipLayout | undefined;

  private constructor(blocks: BlockCache, directory: ZipDirectory) {
    this.#blocks = blocks;
    this.#directory = directory;
  }

  /**
   * Reads the directory of a zip.
   *
   * @param size of the zip, in bytes.
   * @param beforeDirectory is told the bytes of the directory before they are read.
   * @throws {Error} where there is no directory, it contradicts the end of the zip, or it names a file twice.
   */
  static async open(
    blocks: BlockCache,
    size: number,
    beforeDirectory?: (bytes: number) => Promise<void>,
  ): Promise<ZipReader> {
    return new ZipReader(blocks, await ZipDirectory.read(blocks, size, beforeDirectory));
  }

  /** The paths of all files. */
  paths(): Iterable<string> {
    return this.#directory.paths();
  }

  /** Number of files. */
  get fileCount(): number {
    return this.#directory.fileCount;
  }

  /** The unpacked size of a file in bytes, from the directory; undefined where there is no file of the path. */
  size(path: string): number | undefined {
    return this.#directory.size(path);
  }

  /** The packed size of a file in bytes; undefined where there is no file of the path. */
  packedSize(path: string): number | undefined {
    return this.#directory.file(path)?.compressedSize;
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
    const layout = this.#checked();
    layout.checkDirectory();
    for (const { entry } of this.#directory.records()) {
      if (!isFolder(entry)) continue;
      await layout.checkEntry(entry);
      for await (const _ of this.#content(entry, signal));
    }
  }

  #file(path: string): CentralEntry {
    const entry = this.#directory.file(path);
    if (entry === undefined) throw new Error("it is not there");
    return entry;
  }

  #checked(): ZipLayout {
    this.#layout ??= new ZipLayout(this.#blocks, this.#directory);
    return this.#layout;
  }

  async *#content(entry: CentralEntry, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (packingOf(entry) === undefined) throw new Error("it is encrypted, or of an unknown compression");
    signal.throwIfAborted();
    const start = await this.#dataStart(entry);
    let size = 0;
    let checksum = 0;
    for await (const chunk of this.#unpacked(entry, start)) {
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

  /** Where the data of an entry begin. Only its local header says how long the extra fields before them are. */
  async #dataStart({ offset }: CentralEntry): Promise<number> {
    const header = await this.#blocks.bytes(offset, offset + LOCAL_HEADER_BYTES);
    if (header.readUInt32LE(0) !== 0x04034b50) throw new Error("it does not begin with a local header");
    return offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
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

/** How the data of an entry are packed; undefined where they are encrypted, or packed in another way. */
function packingOf({ flags, method }: CentralEntry): "stored" | "deflated" | undefined {
  if ((flags & ENCRYPTED) !== 0) return undefined;
  return method === 8 ? "deflated" : method === 0 ? "stored" : undefined;
}
