import { Buffer } from "node:buffer";
import type { RandomAccess } from "../store/contract/store.ts";

/** How much is remembered of either end, in bytes: all headers of age files, and more than a chunk of one. */
const REMEMBERED_BYTES = 96 * 1024;

/** Remembers the first and the last bytes of a stream, to compare them with what a store gives back. */
export class ContentEnds {
  #first: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);

  /** The same stream. */
  async *of(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const waiting: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of content) {
      if (this.#first.length < REMEMBERED_BYTES) {
        this.#first = Buffer.concat([this.#first, chunk]).subarray(0, REMEMBERED_BYTES);
      }
      // Copied: whoever takes a chunk may free its memory.
      waiting.push(Uint8Array.from(chunk.subarray(-REMEMBERED_BYTES)));
      bytes += waiting.at(-1)?.length ?? 0;
      while (bytes - (waiting[0]?.length ?? 0) >= REMEMBERED_BYTES) bytes -= waiting.shift()?.length ?? 0;
      yield chunk;
    }
    this.#last = Buffer.concat(waiting).subarray(-REMEMBERED_BYTES);
  }

  /** Whether some bytes begin and end as the stream did. */
  async areOf(source: RandomAccess, signal: AbortSignal): Promise<boolean> {
    const { size } = source;
    if (size < this.#last.length) return false;
    const first = await source.read(0, this.#first.length, signal);
    const last = await source.read(size - this.#last.length, size, signal);
    return this.#first.equals(first) && this.#last.equals(last);
  }
}
