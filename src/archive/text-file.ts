import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { free } from "../memory/free.ts";
import type { GrowingZip } from "./growing-zip.ts";

/** How much text is gathered, in bytes or UTF-16 units, before it is hashed and compressed at once. */
const CHUNK_LENGTH = 256 * 1024;

/** A text, or pieces of one that follow one another, bytes in UTF-8 among them. */
export type Text = string | readonly (string | Buffer)[];

/** A text on its way into a zip, the last entry that was begun. */
export class TextFile {
  readonly #zip: GrowingZip;
  readonly #hash = createHash("sha256");
  #gathered: (string | Buffer)[] = [];
  /** Strings that follow them: to encode many at once takes less time. */
  #tail: string[] = [];
  #gatheredLength = 0;
  #bytes = 0;

  private constructor(zip: GrowingZip) {
    this.#zip = zip;
  }

  /** Begins an entry of the zip. */
  static async start(zip: GrowingZip, path: string, signal: AbortSignal): Promise<TextFile> {
    await zip.startEntry(path, signal);
    return new TextFile(zip);
  }

  /** Size so far: exact for ASCII, at most a chunk too small for other text. */
  get size(): number {
    return this.#bytes + this.#gatheredLength;
  }

  /** Adds text. Resolves when there is room for more. */
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

  #gather(piece: string | Buffer): void {
    this.#gatheredLength += piece.length;
    if (typeof piece === "string") {
      this.#tail.push(piece);
      return;
    }
    this.#joinTail();
    this.#gathered.push(piece);
  }

  #joinTail(): void {
    if (this.#tail.length > 0) this.#gathered.push(this.#tail.join(""));
    this.#tail = [];
  }

  async #flush(signal: AbortSignal): Promise<void> {
    this.#joinTail();
    const chunk = encode(this.#gathered);
    this.#gathered = [];
    this.#gatheredLength = 0;
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    await this.#zip.write(chunk, signal, () => free(chunk));
  }
}

function encode(pieces: readonly (string | Buffer)[]): Buffer {
  const lengths = pieces.map((piece) => Buffer.byteLength(piece));
  const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
  let filled = 0;
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === "string") bytes.write(piece, filled);
    else piece.copy(bytes, filled);
    filled += lengths[index] ?? 0;
  }
  return bytes;
}
