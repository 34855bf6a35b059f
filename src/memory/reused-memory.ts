import { Buffer } from "node:buffer";
import { free } from "./free.ts";

/**
 * Memory that is used again and again. The system gives new memory page by page, each cleared, and for what is
 * written once and read once that takes longer than both.
 */
export class ReusedMemory {
  readonly #pieceBytes: number;
  readonly #spare: ArrayBuffer[] = [];

  /** @param pieceBytes what is enough nearly always, in bytes. */
  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  /** A piece of at least so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    const spare = bytes > this.#pieceBytes ? undefined : this.#spare.pop();
    if (spare !== undefined) return Buffer.from(spare);
    return Buffer.allocUnsafeSlow(Math.max(bytes, this.#pieceBytes));
  }

  /**
   * Takes a piece back. It and all parts of it are empty then: whoever still holds one does not see what comes to be
   * there.
   *
   * @param piece nobody else's, as for {@link free}; one of another size is freed.
   */
  giveBack(piece: Buffer): void {
    const memory = piece.buffer as ArrayBuffer;
    if (memory.byteLength === this.#pieceBytes) this.#spare.push(memory.transfer());
    // A larger one would be held for what nearly never comes.
    else free(piece);
  }
}
