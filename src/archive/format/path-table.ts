import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";
import { MAX_ENTRY_BYTES } from "./bounds.ts";

/**
 * Finds what a path stands in, by the path: a hash table with open addressing that has a number for each path and no path. A
 * Map would have all paths as strings, in ten times the memory.
 */
export class PathTable {
  /** The path of a number, as bytes. */
  readonly #pathOf: (number: number) => Buffer;
  /** A number plus one in each slot that is taken. */
  #slots: Uint32Array;
  /** The hash of the path in each slot: paths are only made of numbers whose hash is the same. */
  #hashes: Uint32Array;
  #shift: number;
  /** A factor for each byte of a path that whoever chose the paths does not know: they cannot choose paths that collide. */
  readonly #factors = new Uint32Array(MAX_ENTRY_BYTES);
  #size = 0;

  /**
   * @param pathOf gives the path of a number, of up to 1,024 bytes.
   * @param capacity how many paths there may be before the table grows.
   */
  constructor(pathOf: (number: number) => Buffer, capacity = 0) {
    this.#pathOf = pathOf;
    const bits = Math.max(4, Math.ceil(Math.log2(1.5 * capacity)));
    this.#slots = new Uint32Array(2 ** bits);
    this.#hashes = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
    randomFillSync(this.#factors);
  }

  /** Number of paths. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a number.
   *
   * @param path that of the number, where it is at hand.
   * @returns false where the path is there already.
   */
  add(number: number, path: Buffer = this.#pathOf(number)): boolean {
    const hash = this.#hashOf(path);
    const slot = this.#slotOf(path, hash);
    if (this.#slots[slot] !== 0) return false;
    this.#put(slot, number + 1, hash);
    this.#size += 1;
    if (3 * this.#size > 2 * this.#slots.length) this.#grow();
    return true;
  }

  /** The number of a path; undefined where it was not added. */
  find(path: string): number | undefined {
    const bytes = Buffer.from(path);
    const found = this.#slots[this.#slotOf(bytes, this.#hashOf(bytes))] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  #put(slot: number, taken: number, hash: number): void {
    this.#slots[slot] = taken;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(2 * slots.length);
    this.#hashes = new Uint32Array(2 * slots.length);
    this.#shift -= 1;
    const mask = this.#slots.length - 1;
    for (const [index, taken] of slots.entries()) {
      if (taken === 0) continue;
      const hash = hashes[index] ?? 0;
      let slot = hash >>> this.#shift;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#put(slot, taken, hash);
    }
  }

  #hashOf(path: Buffer): number {
    let hash = 0;
    for (let index = 0; index < path.length; index += 1) {
      hash = (hash + Math.imul(this.#factors[index] ?? 0, (path[index] ?? 0) + 1)) | 0;
    }
    return hash >>> 0;
  }

  /** The slot that has a path, or is free for it. */
  #slotOf(path: Buffer, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash >>> this.#shift; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return slot;
      if (this.#hashes[slot] === hash && this.#pathOf(taken - 1).equals(path)) return slot;
    }
  }
}
