import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ReusedMemory } from "../../memory/reused-memory.ts";
import type { GrowingZip } from "../zip/growing-zip.ts";

/** How much text is gathered, in bytes or UTF-16 units, before it is hashed and compressed at once. */
const CHUNK_LENGTH = 256 * 1024;
/** Memory, in bytes, for a chunk: what comes last may go beyond. */
const CHUNK_CAPACITY = CHUNK_LENGTH + 32 * 1024;
/** Memory, in bytes, that a file begins with: most are small. */
const FIRST_CAPACITY = 16 * 1024;

/** A text, or pieces of one that follow one another, bytes in UTF-8 among them. */
export type Text = string | readonly (string | Buffer)[];

/** Begins the texts of one zip, one after another. */
export class TextFiles {
  readonly #zip: GrowingZip;
  readonly #memory = new ReusedMemory(CHUNK_CAPACITY);

  constructor(zip: GrowingZip) {
    this.#zip = zip;
  }

  /** Begins an entry of the zip; the one before is complete. */
  async start(path: string, signal: AbortSignal): Promise<TextFile> {
    await this.#zip.startEntry(path, signal);
    return new TextFile(this.#zip, this.#memory);
  }
}

/** A text on its way into a zip, the last entry that was begun. */
export class TextFile {
  readonly #zip: GrowingZip;
  readonly #memory: ReusedMemory;
  readonly #hash = createHash("sha256");
  #chunk: Buffer = Buffer.alloc(0);
  #filled = 0;
  /** Strings that follow the chunk: to encode many at once takes less time. */
  #tail: string[] = [];
  #tailLength = 0;
  #bytes = 0;

  /** To be had from {@link TextFiles}, which begins the entry. */
  constructor(zip: GrowingZip, memory: ReusedMemory) {
    this.#zip = zip;
    this.#memory = memory;
  }

  /** Size so far: exact for ASCII, at most a chunk too small for other text. */
  get size(): number {
    return this.#bytes + this.#gatheredLength;
  }

  /** Adds text, of whose bytes it keeps no hold. Resolves when there is room for more. */
  async append(text: Text, signal: AbortSignal): Promise<void> {
    if (typeof text === "string") this.#gather(text);
    else for (const piece of text) this.#gather(piece);
    if (this.#gatheredLength >= CHUNK_LENGTH) await this.#flush(signal);
  }

  /** Writes what is left and says what the manifest says of it. */
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
    this.#makeRoom(piece.length);
    this.#filled += piece.copy(this.#chunk, this.#filled);
  }

  #encodeTail(): void {
    if (this.#tail.length === 0) return;
    const text = this.#tail.join("");
    this.#tail = [];
    this.#tailLength = 0;
    this.#makeRoom(Buffer.byteLength(text));
    this.#filled += this.#chunk.write(text, this.#filled);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#filled + bytes;
    if (needed <= this.#chunk.length) return;
    const before = this.#chunk;
    this.#chunk = this.#allocate(needed);
    before.copy(this.#chunk, 0, 0, this.#filled);
    this.#memory.giveBack(before);
  }

  #allocate(bytes: number): Buffer {
    const isSmall = this.#bytes === 0 && bytes <= FIRST_CAPACITY;
    return isSmall ? Buffer.allocUnsafeSlow(FIRST_CAPACITY) : this.#memory.take(bytes);
  }

  async #flush(signal: AbortSignal): Promise<void> {
    this.#encodeTail();
    const memory = this.#chunk;
    const chunk = memory.subarray(0, this.#filled);
    this.#chunk = Buffer.alloc(0);
    this.#filled = 0;
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    await this.#zip.write(chunk, signal, () => this.#memory.giveBack(memory));
  }
}
