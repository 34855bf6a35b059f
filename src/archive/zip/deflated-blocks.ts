import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";
import type { OwnedBytes } from "../../memory/owned-bytes.ts";
import { blockStrategy } from "./block-strategy.ts";

/** Blocks that are compressed at the same time, or that wait for earlier blocks to be read. */
const BLOCKS_AHEAD = 3;

/** The window of deflate, in bytes: the end of each block is the dictionary of the next block (not under Deno). */
const WINDOW_BYTES = 32 * 1024;

/** An empty last block (RFC 1951, section 3.2.6): the other blocks do not know which one is the last. */
const END = Buffer.from([0x03, 0x00]);

const compress = promisify(deflateRaw);

/**
 * Deflates a stream in blocks, several at the same time on threads. A single zlib stream would wait for the main thread
 * after each block, and use one processor. Each block has the strategy that fits its bytes.
 */
export class DeflatedBlocks {
  /** The deflated bytes. They must be read while blocks are written: writing waits for the reader (backpressure). */
  readonly output: Readable;
  readonly #level: number;
  #window: Buffer = Buffer.alloc(0);
  /** The last block: the next one is compressed with the end of this one as its dictionary. */
  #last: OwnedBytes | undefined;
  #compressed: Promise<unknown> | undefined;
  /** Each resolves when a block has been pushed to the output, in order. */
  #ahead: Promise<void>[] = [];

  /** @param level of zlib, 1 (fast) to 9 (small). */
  constructor(level: number) {
    this.#level = level;
    this.output = new Readable({ read: () => this.output.emit("read") });
  }

  /**
   * Adds a block, of some hundred kilobytes at best, and becomes its owner. Resolves when there is room for more.
   *
   * A block is disposed of once it and the block after it are compressed; where compressing fails, zlib may still
   * read the blocks, and garbage collection frees them.
   */
  async write(block: OwnedBytes): Promise<void> {
    const { bytes } = block;
    const deflated = compress(bytes, {
      level: this.#level,
      // Each block says for itself how it is coded: blocks of one stream may differ.
      strategy: blockStrategy(bytes),
      // Both flags: with the second alone, zlib keeps the end of the block until the next call, and Node copies the two
      // pieces into one.
      flush: constants.Z_SYNC_FLUSH,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: Math.max(1024, bytes.length >> 1),
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    // Blocks are compressed at the same time: this block may be done before the block whose end is its dictionary.
    const before = this.#last;
    Promise.all([this.#compressed, deflated]).then(
      () => before?.[Symbol.dispose](),
      () => {},
    );
    this.#compressed = deflated;
    this.#last = block;
    this.#window = (bytes.length < WINDOW_BYTES ? Buffer.concat([this.#window, bytes]) : bytes).subarray(
      -WINDOW_BYTES,
    );
    const handedOn = this.#handOn(deflated, this.#ahead.at(-1));
    // A destroyed output rejects this promise. The reader, and whoever waits for room, get the error.
    handedOn.catch(() => {});
    this.#ahead.push(handedOn);
    if (this.#ahead.length > BLOCKS_AHEAD) await this.#ahead.shift();
  }

  /** Ends the output after the blocks that were written. */
  end(): void {
    Promise.all(this.#ahead).then(
      () => {
        this.#last?.[Symbol.dispose]();
        this.output.push(END);
        this.output.push(null);
      },
      (error: Error) => this.output.destroy(error),
    );
  }

  async #handOn(deflated: Promise<Buffer>, before: Promise<void> | undefined): Promise<void> {
    const [bytes] = await Promise.all([deflated, before]);
    if (this.output.errored !== null) throw this.output.errored;
    if (!this.output.push(bytes)) await once(this.output, "read");
  }
}
