import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { MAX_ENTRY_BYTES } from "../format/bounds.ts";

/**
 * Finds what a path stands in, by the path: a hash table with open addressing that has a number for each path and no path. A
 * Map would have all paths as strings, in ten times the memory.
 */
export class PathTable {
  /** The path of a number, as bytes. */
  readonly #pathOf: (number: number) => Buffer;
  /** A number plus one in each slot that is taken. */
  readonly #slots: Uint32Array;
  readonly #shift: number;
  /** A factor for each byte of a path that whoever chose the paths does not know: they cannot choose paths that collide. */
  readonly #factors = new Uint32Array(MAX_ENTRY_BYTES);
  #size = 0;

  /**
   * @param capacity how many paths there are at most.
   * @param pathOf gives the path of a number, of up to 1,024 bytes.
   */
  constructor(capacity: number, pathOf: (number: number) => Buffer) {
    this.#pathOf = pathOf;
    const bits = Math.max(4, Math.ceil(Math.log2(1.5 * capacity)));
    this.#slots = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
    new Uint8Array(this.#factors.buffer).set(randomBytes(this.#factors.byteLength));
  }

  /** Number of paths. */
  get size(): number {
    return this.#size;
  }

  /** Adds the path of a number; false where the path is there already. */
  add(number: number): boolean {
    const slot = this.#slotOf(this.#pathOf(number));
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    return true;
  }

  /** The number of a path; undefined where it was not added. */
  find(path: string): number | undefined {
    const found = this.#slots[this.#slotOf(Buffer.from(path))] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  /** The slot that has a path, or is free for it. */
  #slotOf(path: Buffer): number {
    let hash = 0;
    for (let index = 0; index < path.length; index += 1) {
      hash = (hash + Math.imul(this.#factors[index] ?? 0, (path[index] ?? 0) + 1)) | 0;
    }
    const mask = this.#slots.length - 1;
    for (let slot = hash >>> this.#shift; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0 || this.#pathOf(taken - 1).equals(path)) return slot;
    }
  }
}
