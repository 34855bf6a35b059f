import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";

/** Blocks that are compressed at once, or wait for those before them to be read. */
const BLOCKS_AHEAD = 3;

/** How far back deflate looks: a block begins with what the one before has ended with in mind (not under Deno). */
const WINDOW_BYTES = 32 * 1024;

/** A last block that is empty (RFC 1951, section 3.2.6): those before it do not know that they are the last. */
const END = Buffer.from([0x03, 0x00]);

const compress = promisify(deflateRaw);

/**
 * Deflates a stream by blocks, several at once on threads: one stream of zlib's own would wait for the main
 * thread after each of them, and use one processor.
 */
export class DeflatedBlocks {
  /** The deflated bytes. They are to be read while blocks are written: writing waits for it. */
  readonly output: Readable;
  readonly #level: number;
  #window: Buffer = Buffer.alloc(0);
  /** Called when the block that the window is of is not needed any more. */
  #taken: (() => void) | undefined;
  #compressed: Promise<unknown> | undefined;
  /** Resolve when a block is handed on, one after another. */
  #ahead: Promise<void>[] = [];

  /** @param level zlib's, 1 (fast) to 9 (small). */
  constructor(level: number) {
    this.#level = level;
    this.output = new Readable({ read: () => this.output.emit("read") });
  }

  /**
   * Adds a block, of some hundred kilobytes at best. Resolves when there is room for more.
   *
   * @param taken called when the block's memory is not needed any more; never where compressing it fails.
   */
  async write(block: Buffer, taken?: () => void): Promise<void> {
    const deflated = compress(block, {
      level: this.#level,
      // Both: with the second alone zlib keeps the end of the block until it is called again, and Node copies the
      // two pieces into one.
      flush: constants.Z_SYNC_FLUSH,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: Math.max(1024, block.length >> 1),
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    // Blocks are compressed at once: this one may be done before the one whose end it has in mind.
    Promise.all([this.#compressed, deflated]).then(this.#taken, () => {});
    this.#compressed = deflated;
    this.#taken = taken;
    this.#window = (block.length < WINDOW_BYTES ? Buffer.concat([this.#window, block]) : block).subarray(
      -WINDOW_BYTES,
    );
    const handedOn = this.#handOn(deflated, this.#ahead.at(-1));
    // It fails where the output is destroyed, which whoever reads it or waits for room hears of.
    handedOn.catch(() => {});
    this.#ahead.push(handedOn);
    if (this.#ahead.length > BLOCKS_AHEAD) await this.#ahead.shift();
  }

  /** Ends the output after the blocks that were written. */
  end(): void {
    Promise.all(this.#ahead).then(
      () => {
        this.#taken?.();
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
