import { Buffer } from "node:buffer";
import { freeMemory, OwnedBytes } from "./owned-bytes.ts";

/**
 * Pieces of memory that are used again. The system clears new memory page by page, which takes longer than writing
 * and reading the memory once.
 */
export class MemoryPool {
  readonly #pieceBytes: number;
  readonly #spare: ArrayBuffer[] = [];

  /** @param pieceBytes the size of a piece, in bytes, which is nearly always enough. */
  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  /** Takes a piece of at least so many bytes, with any contents. Disposing of the piece returns the piece to the pool. */
  take(bytes: number): OwnedBytes {
    const spare = bytes > this.#pieceBytes ? undefined : this.#spare.pop();
    const piece =
      spare === undefined ? Buffer.allocUnsafeSlow(Math.max(bytes, this.#pieceBytes)) : Buffer.from(spare);
    return new OwnedBytes(piece, (part) => this.#return(part));
  }

  #return(part: Buffer): void {
    const memory = part.buffer as ArrayBuffer;
    // Moved to a new ArrayBuffer, the memory is no longer that of the old views.
    if (memory.byteLength === this.#pieceBytes) this.#spare.push(memory.transfer());
    // A larger piece is hardly ever needed again.
    else freeMemory(part);
  }
}
