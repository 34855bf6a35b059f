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
  /** Two numbers for each slot: that of the path plus one, 0 in a free slot, and its hash, which tells most paths apart. */
  #slots: Uint32Array;
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
    this.#slots = new Uint32Array(2 * 2 ** bits);
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
    if (3 * this.#size > this.#slots.length) this.#grow();
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
    this.#slots[slot + 1] = hash;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    this.#shift -= 1;
    for (let index = 0; index < before.length; index += 2) {
      const [taken = 0, hash = 0] = before.subarray(index, index + 2);
      if (taken === 0) continue;
      let slot = this.#firstSlot(hash);
      while (this.#slots[slot] !== 0) slot = this.#nextSlot(slot);
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
    for (let slot = this.#firstSlot(hash); ; slot = this.#nextSlot(slot)) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return slot;
      if (this.#slots[slot + 1] === hash && this.#pathOf(taken - 1).equals(path)) return slot;
    }
  }

  #firstSlot(hash: number): number {
    return 2 * (hash >>> this.#shift);
  }

  #nextSlot(slot: number): number {
    return slot + 2 === this.#slots.length ? 0 : slot + 2;
  }
}
