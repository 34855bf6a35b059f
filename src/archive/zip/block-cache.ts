import { Buffer } from "node:buffer";
import type { RandomAccess } from "../../store/contract/store.ts";

/** Size of a block, in bytes: small enough to keep several, large enough that the latency of a request does not count. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** How many blocks are kept. */
const BLOCKS_KEPT = 4;

/**
 * Reads a backup in blocks, one request each, since a store has the latency of a network. Blocks are counted from the
 * end: a zip is opened at its end, and one request then brings the whole directory of most archives.
 */
export class BlockCache {
  readonly #source: RandomAccess;
  readonly #signal: AbortSignal;
  readonly #blockBytes: number;
  readonly #blocks = new Map<number, Promise<Buffer>>();
  readonly #failures = new Set<unknown>();

  constructor(source: RandomAccess, signal: AbortSignal, blockBytes: number = BLOCK_BYTES) {
    this.#source = source;
    this.#signal = signal;
    this.#blockBytes = blockBytes;
  }

  /** Whether the source threw an error: the error says nothing about the archive. */
  failedWith(error: unknown): boolean {
    return this.#failures.has(error);
  }

  /** The bytes from `start` to `end`, exclusive, in pieces of up to a block. */
  async *pieces(start: number, end: number): AsyncGenerator<Buffer> {
    this.#check(start, end);
    for (let position = start; position < end; ) {
      const piece = await this.#piece(position, end);
      position += piece.length;
      yield piece;
    }
  }

  /** The same in one piece, for few bytes. The piece may be part of a block, and must not be changed. */
  async bytes(start: number, end: number): Promise<Buffer> {
    this.#check(start, end);
    const first = await this.#piece(start, end);
    if (first.length >= end - start) return first;
    const pieces = [first];
    for await (const piece of this.pieces(start + first.length, end)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  #check(start: number, end: number): void {
    if (start < 0 || end > this.#source.size) throw new Error("it points beyond its end");
  }

  /** The bytes from `start` to the end of its block, or to `end` where that comes first. */
  async #piece(start: number, end: number): Promise<Buffer> {
    if (start >= end) return Buffer.alloc(0);
    const index = Math.floor((this.#source.size - 1 - start) / this.#blockBytes);
    const block = await this.#block(index);
    const from = start - this.#startOf(index);
    return block.subarray(from, Math.min(block.length, from + end - start));
  }

  #startOf(index: number): number {
    return Math.max(0, this.#source.size - (index + 1) * this.#blockBytes);
  }

  #block(index: number): Promise<Buffer> {
    const block = this.#blocks.get(index) ?? this.#fetch(index);
    // A Map keeps the order of insertion: a block that is used moves to the end, and the least recently used block is dropped.
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= BLOCKS_KEPT) break;
      this.#blocks.delete(oldest);
    }
    return block;
  }

  async #fetch(index: number): Promise<Buffer> {
    try {
      const end = this.#source.size - index * this.#blockBytes;
      const bytes = await this.#source.read(this.#startOf(index), end, this.#signal);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      this.#failures.add(error);
      this.#blocks.delete(index);
      throw error;
    }
  }
}
