import { Buffer } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { createInflateRaw, inflateRawSync } from "node:zlib";
import yauzl from "yauzl";
import type { BlockCache } from "./block-cache.ts";

/** Up to this size a file is inflated at once: the streams for a large one cost more. */
const SMALL_BYTES = 64 * 1024;

/** What a zip's directory says of an entry. */
export interface ZipEntry {
  /** Unpacked size in bytes. */
  size: number;
  crc32: number;
}

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
    this.#fill(buffer, offset, length, position).then(
      () => callback(null, length),
      (error) => callback(error),
    );
  }

  async #fill(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    let filled = offset;
    for await (const piece of this.#blocks.pieces(position, position + length)) {
      filled += piece.copy(buffer, filled);
    }
  }
}

/**
 * A zip that is read by ranges. It trusts nothing: what the zip says of itself decides neither how
 * much memory is taken nor how much is unpacked.
 *
 * Its errors say in a few words what is wrong, but for those of the source, which pass as they are.
 */
export class ZipReader {
  readonly #blocks: BlockCache;
  readonly #zip: yauzl.ZipFile;
  readonly #entries: ReadonlyMap<string, yauzl.Entry>;

  private constructor(blocks: BlockCache, zip: yauzl.ZipFile, entries: ReadonlyMap<string, yauzl.Entry>) {
    this.#blocks = blocks;
    this.#zip = zip;
    this.#entries = entries;
  }

  /**
   * Reads the directory of a zip.
   *
   * @throws {Error} when there is none, or it names a file twice.
   */
  static async open(blocks: BlockCache, size: number): Promise<ZipReader> {
    const zip = await yauzl.fromRandomAccessReaderPromise(new BlockReader(blocks), size, {
      autoClose: false,
      strictFileNames: true,
    });
    const entries = new Map<string, yauzl.Entry>();
    for await (const entry of zip.eachEntry()) {
      // Other programs add folders when they pack one.
      if (entry.fileName.endsWith("/") && entry.uncompressedSize === 0) continue;
      if (entries.has(entry.fileName)) throw new Error(`it holds ${entry.fileName} twice`);
      entries.set(entry.fileName, entry);
    }
    return new ZipReader(blocks, zip, entries);
  }

  /** Paths of all files. */
  paths(): Iterable<string> {
    return this.#entries.keys();
  }

  /** What the directory says of a file, or undefined where there is none of that path. */
  entry(path: string): ZipEntry | undefined {
    const entry = this.#entries.get(path);
    return entry === undefined ? undefined : { size: entry.uncompressedSize, crc32: entry.crc32 };
  }

  /**
   * The unpacked bytes of a file, never more than the directory says.
   *
   * @throws {Error} when there is no such file, or it cannot be unpacked to just that size.
   */
  async *content(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new Error("it is not there");
    if (!entry.canDecodeFileData()) throw new Error("it is encrypted, or of an unknown compression");
    signal.throwIfAborted();
    const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = this.#blocks.pieces(fileDataStart, fileDataStart + entry.compressedSize);
    let size = 0;
    for await (const chunk of entry.isCompressed() ? unpack(entry, packed) : packed) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > entry.uncompressedSize) break;
      yield chunk;
    }
    if (size !== entry.uncompressedSize) throw new Error("its size is not the stated one");
  }
}

/** The inflated bytes, of a small file at most one more than stated. */
async function* unpack(entry: yauzl.Entry, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (Math.max(entry.compressedSize, entry.uncompressedSize) > SMALL_BYTES) {
    yield* inflate(packed);
    return;
  }
  const pieces: Buffer[] = [];
  for await (const piece of packed) pieces.push(piece);
  const maxOutputLength = entry.uncompressedSize + 1;
  yield inflateRawSync(Buffer.concat(pieces), { maxOutputLength, chunkSize: Math.max(64, maxOutputLength) });
}

function inflate(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const unpacked = createInflateRaw({ chunkSize: 64 * 1024 });
  // Errors reach the one who iterates; the callback only keeps them from being thrown as well.
  pipeline(Readable.from(packed), unpacked, () => {});
  return unpacked;
}
