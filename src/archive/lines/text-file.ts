import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { MemoryPool } from "../../memory/memory-pool.ts";
import { OwnedBytes } from "../../memory/owned-bytes.ts";
import type { ZipWriter } from "../zip/zip-writer.ts";

/** How much text is gathered, in bytes or UTF-16 units, before it is hashed and compressed. */
const CHUNK_LENGTH = 256 * 1024;
/** Memory of a chunk, in bytes: the last piece may exceed the length. */
const CHUNK_CAPACITY = CHUNK_LENGTH + 32 * 1024;
/** Memory of the first chunk of a file, in bytes: most files are small. */
const FIRST_CAPACITY = 16 * 1024;

/** A text, or consecutive pieces of a text, some of them bytes in UTF-8. */
export type Text = string | readonly (string | Buffer)[];

/** Writes text files into one zip, one after another. */
export class TextFiles {
  readonly #zip: ZipWriter;
  readonly #memory = new MemoryPool(CHUNK_CAPACITY);

  constructor(zip: ZipWriter) {
    this.#zip = zip;
  }

  /** Begins an entry of the zip. The entry before is complete then. */
  async start(path: string, signal: AbortSignal): Promise<TextFile> {
    await this.#zip.startEntry(path, signal);
    return new TextFile(this.#zip, this.#memory);
  }
}

/** The text file that is being written, the last entry of the zip. */
export class TextFile {
  readonly #zip: ZipWriter;
  readonly #memory: MemoryPool;
  readonly #hash = createHash("sha256");
  /** Gathers text; undefined while nothing is gathered. */
  #chunk: OwnedBytes | undefined;
  #filled = 0;
  /** Strings that follow the chunk: encoding many strings at once takes less time. */
  #tail: string[] = [];
  #tailLength = 0;
  #bytes = 0;

  /** Created by {@link TextFiles}, which begins the entry. */
  constructor(zip: ZipWriter, memory: MemoryPool) {
    this.#zip = zip;
    this.#memory = memory;
  }

  /** The size so far: exact for ASCII, at most a chunk too small for other text. */
  get size(): number {
    return this.#bytes + this.#gatheredLength;
  }

  /** Adds text, and keeps no reference to bytes. Resolves when there is room for more (backpressure). */
  async append(text: Text, signal: AbortSignal): Promise<void> {
    if (typeof text === "string") this.#gather(text);
    else for (const piece of text) this.#gather(piece);
    if (this.#gatheredLength >= CHUNK_LENGTH) await this.#flush(signal);
  }

  /** Writes the rest. Returns the size and the checksum for the manifest. */
  async finish(signal: AbortSignal): Promise<{ bytes: number; sha256: string }> {
    await this.#flush(signal);
    return { bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  get #gatheredLength(): number {
    return this.#filled + this.#tailLength;
  }

  #gather(piece: string | Buffer): void {
    if (typeof piece === "string") {
      this.#tail.push(piece);
      this.#tailLength += piece.length;
      return;
    }
    this.#encodeTail();
    this.#filled += piece.copy(this.#chunkWithRoom(piece.length), this.#filled);
  }

  #encodeTail(): void {
    if (this.#tail.length === 0) return;
    const text = this.#tail.join("");
    this.#tail = [];
    this.#tailLength = 0;
    this.#filled += this.#chunkWithRoom(Buffer.byteLength(text)).write(text, this.#filled);
  }

  /** The memory of the chunk, with room for so many bytes more. */
  #chunkWithRoom(bytes: number): Buffer {
    const needed = this.#filled + bytes;
    if (this.#chunk !== undefined && needed <= this.#chunk.bytes.length) return this.#chunk.bytes;
    using before = this.#chunk;
    this.#chunk = this.#allocate(needed);
    before?.bytes.copy(this.#chunk.bytes, 0, 0, this.#filled);
    return this.#chunk.bytes;
  }

  #allocate(bytes: number): OwnedBytes {
    const isSmall = this.#bytes === 0 && bytes <= FIRST_CAPACITY;
    return isSmall ? new OwnedBytes(Buffer.allocUnsafeSlow(FIRST_CAPACITY)) : this.#memory.take(bytes);
  }

  async #flush(signal: AbortSignal): Promise<void> {
    this.#encodeTail();
    if (this.#chunk === undefined || this.#filled === 0) return;
    const chunk = this.#chunk.move(this.#filled);
    this.#chunk = undefined;
    this.#filled = 0;
    this.#bytes += chunk.bytes.length;
    this.#hash.update(chunk.bytes);
    await this.#zip.write(chunk, signal);
  }
}
