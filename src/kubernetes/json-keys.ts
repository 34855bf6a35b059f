import type { Buffer } from "node:buffer";
import { JsonFault } from "./json-words.ts";

/** The keys of an object are compared one by one up to this number. */
const FEW_KEYS = 64;

/** The keys of the objects that a scanner is in, each object within the one before. */
export class OpenKeys {
  /** Where the keys of each object begin. */
  readonly #first: Int32Array;
  /** The keys of objects with many keys. */
  readonly #many: (Set<string> | undefined)[] = [];
  /** Hash, start and end of each key. */
  #keys = new Int32Array(3 * 256);
  #count = 0;

  /** @param depth how many objects there may be within each other. */
  constructor(depth: number) {
    this.#first = new Int32Array(depth + 1);
  }

  /** Forgets all objects. */
  clear(): void {
    this.#count = 0;
    this.#many.length = 0;
  }

  /** Begins an object. */
  open(depth: number): void {
    this.#first[depth] = this.#count;
  }

  /** Ends the object. */
  close(depth: number): void {
    this.#count = this.#first[depth] as number;
    if (this.#many[depth] !== undefined) this.#many[depth] = undefined;
  }

  /**
   * Adds a key, from `start` to `end`. Two keys have the same bytes where they are the same, since each is written in one
   * way only.
   *
   * @throws {JsonFault} where the object has the key already.
   */
  add(
    bytes: Buffer,
    { hash, start, end, depth }: { hash: number; start: number; end: number; depth: number },
  ): void {
    const first = this.#first[depth] as number;
    const many =
      this.#many[depth] ?? (this.#count - first >= FEW_KEYS ? this.#collect(bytes, depth) : undefined);
    if (many !== undefined) {
      const { size } = many;
      if (many.add(bytes.toString("latin1", start, end)).size === size) throw twice();
      return;
    }
    const keys = this.#keys;
    for (let index = 3 * first; index < 3 * this.#count; index += 3) {
      if (keys[index] !== hash) continue;
      if (isSame(bytes, [keys[index + 1] as number, keys[index + 2] as number], [start, end])) throw twice();
    }
    this.#push(hash, start, end);
  }

  #push(hash: number, start: number, end: number): void {
    const place = 3 * this.#count;
    if (place === this.#keys.length) {
      const larger = new Int32Array(2 * place);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    this.#keys[place] = hash;
    this.#keys[place + 1] = start;
    this.#keys[place + 2] = end;
    this.#count += 1;
  }

  #collect(bytes: Buffer, depth: number): Set<string> {
    const many = new Set<string>();
    for (let index = 3 * (this.#first[depth] as number); index < 3 * this.#count; index += 3) {
      many.add(bytes.toString("latin1", this.#keys[index + 1], this.#keys[index + 2]));
    }
    this.#many[depth] = many;
    return many;
  }
}

function isSame(bytes: Buffer, [start, end]: [number, number], [other, otherEnd]: [number, number]): boolean {
  if (end - start !== otherEnd - other) return false;
  for (let index = 0; index < end - start; index += 1) {
    if (bytes[start + index] !== bytes[other + index]) return false;
  }
  return true;
}

function twice(): JsonFault {
  return new JsonFault("it has a key twice");
}
