import type { Buffer } from "node:buffer";

/**
 * Bytes with one owner, who disposes of them or moves them to another owner. docs/decisions/memory-ownership.md
 * tells who owns which bytes, and why garbage collection does not free them.
 *
 * After that the owner has no bytes: access throws, and disposing again does nothing. All views of the memory are
 * empty then, so that nobody reads what others write there.
 */
export class OwnedBytes implements Disposable {
  #bytes: Buffer | undefined;
  readonly #free: (bytes: Buffer) => void;

  /**
   * @param bytes memory that nothing else uses, from `allocUnsafeSlow`: other Buffers may share theirs.
   * @param free frees the memory, given any part of it.
   */
  constructor(bytes: Buffer, free: (bytes: Buffer) => void = freeMemory) {
    this.#bytes = bytes;
    this.#free = free;
  }

  /** @throws {Error} where the bytes have been disposed of, or moved. */
  get bytes(): Buffer {
    if (this.#bytes === undefined) throw new Error("The bytes have been freed, or have another owner");
    return this.#bytes;
  }

  /**
   * Moves the first bytes, all by default, and the memory with them, to a new owner.
   *
   * @throws {Error} as {@link bytes}.
   */
  move(length: number = this.bytes.length): OwnedBytes {
    const moved = new OwnedBytes(this.bytes.subarray(0, length), this.#free);
    this.#bytes = undefined;
    return moved;
  }

  [Symbol.dispose](): void {
    if (this.#bytes !== undefined) this.#free(this.#bytes);
    this.#bytes = undefined;
  }
}

/**
 * Frees the memory of a Buffer at once. Garbage collection would free the memory later: until then the memory is in
 * use, and brings about collections that walk everything the program holds.
 */
export function freeMemory(bytes: Buffer): void {
  (bytes.buffer as ArrayBuffer).transfer(0);
}
