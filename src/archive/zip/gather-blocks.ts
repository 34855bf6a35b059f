import { Buffer } from "node:buffer";

/**
 * Gathers bytes into blocks of one size.
 *
 * zlib returns slices of larger buffers, and a zip has many small ones: an upload that keeps the slices for a while
 * would keep many times their bytes in memory.
 */
export class BlockGatherer {
  readonly #blockBytes: number;
  #block: Buffer;
  #filled = 0;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
    this.#block = Buffer.allocUnsafeSlow(blockBytes);
  }

  /** Adds bytes. Returns the blocks that are full with them. */
  add(bytes: Buffer): Buffer[] {
    const full: Buffer[] = [];
    for (let taken = 0; taken < bytes.length; ) {
      const copied = bytes.copy(this.#block, this.#filled, taken);
      taken += copied;
      this.#filled += copied;
      if (this.#filled < this.#blockBytes) break;
      full.push(this.#block);
      this.#block = Buffer.allocUnsafeSlow(this.#blockBytes);
      this.#filled = 0;
    }
    return full;
  }

  /** The rest, less than a block. */
  rest(): Buffer {
    return this.#block.subarray(0, this.#filled);
  }
}
