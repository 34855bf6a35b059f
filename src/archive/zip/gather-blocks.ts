import { Buffer } from "node:buffer";

/**
 * Gathers bytes into blocks of one size.
 *
 * zlib gives out slices of larger buffers, and a zip has many small ones: whoever keeps them for a while,
 * as an upload does, would keep many times the bytes that they hold.
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

  /** What is left, less than a block. */
  rest(): Buffer {
    return this.#block.subarray(0, this.#filled);
  }
}
