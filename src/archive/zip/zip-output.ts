import type { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { BlockGatherer } from "./gather-blocks.ts";

/** The size of the blocks of the output, in bytes. */
const BLOCK_BYTES = 64 * 1024;

/** The bytes of a zip that is being written, in blocks. Appending waits for the reader (backpressure). */
export class ZipOutput {
  readonly bytes: Readable;
  readonly #blocks = new BlockGatherer(BLOCK_BYTES);
  #position: number;
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: Error | undefined;

  /** @param position of the first byte, from the start of the zip. */
  constructor(position: number) {
    this.#position = position;
    this.bytes = new Readable({ read: () => this.#goOn() });
    // The reader, or whoever appends, gets the error; without them the error must not crash the process.
    this.bytes.on("error", () => {});
  }

  /** The position of the next byte that is appended, from the start of the zip. */
  get position(): number {
    return this.#position;
  }

  /** Appends bytes. Calls must not overlap. Resolves when there is room for more; rejects after {@link fail}. */
  async append(bytes: Buffer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#position += bytes.length;
    let isFull = false;
    for (const block of this.#blocks.add(bytes)) isFull = !this.bytes.push(block);
    if (!isFull) return;
    this.#waiting = Promise.withResolvers();
    await this.#waiting.promise;
  }

  /** Ends the bytes. */
  end(): void {
    this.bytes.push(this.#blocks.rest());
    this.bytes.push(null);
  }

  /** Ends the bytes with an error, and whoever waits. */
  fail(error: Error): void {
    this.#failure = error;
    this.bytes.destroy(error);
    this.#waiting?.reject(error);
  }

  #goOn(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
