import { Buffer } from "node:buffer";
import type { RandomAccess } from "../../store/contract/store.ts";

/** The bytes of an archive in memory: Secrets are never written to this machine's disk. */
export class MemoryArchive implements RandomAccess {
  readonly name: string;
  readonly #bytes: Buffer;

  constructor(name: string, chunks: readonly Uint8Array[]) {
    this.name = name;
    this.#bytes = Buffer.concat(chunks);
  }

  get size(): number {
    return this.#bytes.length;
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    return this.#bytes.subarray(start, end);
  }

  async close(): Promise<void> {}
}
