import type { Buffer } from "node:buffer";
import { type DirectoryPlace, endRecords } from "./end-records.ts";
import { BlockGatherer } from "./gather-blocks.ts";
import { type CentralEntry, centralRecord } from "./zip-records.ts";

/** The records are kept in blocks of this size, in bytes: small Buffers would take twice their bytes. */
const BLOCK_BYTES = 64 * 1024;

/** The central directory of a zip that is being written. */
export class DirectoryWriter {
  readonly #full: Buffer[] = [];
  readonly #gatherer = new BlockGatherer(BLOCK_BYTES);
  #entries = 0;
  #bytes = 0;

  /** Adds an entry. */
  add(entry: CentralEntry): void {
    const record = centralRecord(entry);
    this.#entries += 1;
    this.#bytes += record.length;
    this.#full.push(...this.#gatherer.add(record));
  }

  /** The directory, were it to begin at this position. */
  placeAt(start: number): DirectoryPlace {
    return { entries: this.#entries, start, bytes: this.#bytes };
  }

  /** The bytes of the directory that begins at this position, and of the records after it. */
  *bytes(start: number): Generator<Buffer> {
    yield* this.#full;
    yield this.#gatherer.rest();
    yield endRecords(this.placeAt(start));
  }
}
