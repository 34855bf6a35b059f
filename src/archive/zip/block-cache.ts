import { Buffer } from "node:buffer";
import type { RandomAccess } from "../../store/contract/store.ts";

/** Bytes of one request: few enough to keep several, many enough that their latency does not count. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** Blocks that are kept. */
const BLOCKS_KEPT = 4;

/**
 * Reads a backup by blocks, each with one request, since a store's latency is that of a network.
 * Blocks are counted from the end: a zip is opened at its end, and one request then brings most
 * archives' whole table of contents.
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

  /** Whether an error came from the source: it says nothing of the archive's state then. */
  failedWith(error: unknown): boolean {
    return this.#failures.has(error);
  }

  /** The bytes from `start` up to but not including `end`, in pieces of up to a block. */
  async *pieces(start: number, end: number): AsyncGenerator<Buffer> {
    this.#check(start, end);
    for (let position = start; position < end; ) {
      const piece = await this.#piece(position, end);
      position += piece.length;
      yield piece;
    }
  }

  /** The same in one piece, for what is small. It may be part of a block: it is not to be changed. */
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
    // A Map keeps the order of insertion: the block used last goes to the end, the oldest goes away.
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
