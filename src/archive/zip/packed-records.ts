import { Buffer } from "node:buffer";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { freeMemory } from "../../memory/owned-bytes.ts";

/** Records are packed in blocks of this size, in bytes: one is unpacked in some ten microseconds. */
const BLOCK_BYTES = 16 * 1024;

/** Memory of zlib's output: as large as the pool of small Buffers, which it then is no part of, so that it can be freed. */
const CHUNK_BYTES = Math.max(BLOCK_BYTES, Buffer.poolSize);

/** Nothing, deflated. */
const EMPTY = Buffer.from([0x03, 0x00]);

/** The fastest level, and a window as large as a block. */
const PACKING = { level: 1, windowBits: 14, memLevel: 8 };

/**
 * Records of a zip's directory in a fourth of their memory: paths have most of their bytes in common. Whoever reads in the
 * order of the directory unpacks each block once.
 */
export class PackedRecords {
  readonly #packed: Buffer[] = [];
  /** The block that is being filled. It is not packed, so that nothing is where there are few records. */
  readonly #filling: Buffer;
  #filled = 0;
  /** The block that was unpacked last, in memory that is used again. */
  #unpacked: { index: number; bytes: Buffer } | undefined;
  #memory: Buffer | undefined;

  /** @param bytes the size of all records. */
  constructor(bytes: number) {
    this.#filling = Buffer.allocUnsafeSlow(Math.min(bytes, BLOCK_BYTES));
  }

  /**
   * Adds a record.
   *
   * @param record at most 16 KiB.
   * @returns its number: less than 2^32, and greater than that of the record before.
   */
  add(record: Buffer): number {
    if (this.#filled + record.length > BLOCK_BYTES) {
      this.#packed.push(pack(this.#filling.subarray(0, this.#filled)));
      this.#filled = 0;
    }
    const number = this.#packed.length * BLOCK_BYTES + this.#filled;
    this.#filled += record.copy(this.#filling, this.#filled);
    return number;
  }

  /**
   * The bytes from the beginning of a record on, to the end of its block; none after the last record. They change when
   * another record is asked for.
   */
  from(number: number): Buffer {
    return this.#block(Math.floor(number / BLOCK_BYTES)).subarray(number % BLOCK_BYTES);
  }

  /** The number of the record after one of this size in bytes. */
  after(number: number, recordBytes: number): number {
    const index = Math.floor(number / BLOCK_BYTES);
    const isLast = (number % BLOCK_BYTES) + recordBytes === this.#block(index).length;
    return isLast && index < this.#packed.length ? (index + 1) * BLOCK_BYTES : number + recordBytes;
  }

  #block(index: number): Buffer {
    if (index === this.#packed.length) return this.#filling.subarray(0, this.#filled);
    if (this.#unpacked?.index !== index) {
      this.#memory ??= Buffer.allocUnsafeSlow(BLOCK_BYTES);
      const bytes = inflateRawSync(this.#packed[index] ?? EMPTY, { chunkSize: CHUNK_BYTES });
      this.#unpacked = { index, bytes: moveTo(this.#memory, bytes) };
    }
    return this.#unpacked.bytes;
  }
}

function pack(bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes, { ...PACKING, chunkSize: CHUNK_BYTES });
  return moveTo(Buffer.allocUnsafeSlow(packed.length), packed);
}

/** Moves what zlib returned, a part of a piece of memory of its own, to other memory, and frees the former. */
function moveTo(memory: Buffer, bytes: Buffer): Buffer {
  const moved = memory.subarray(0, bytes.copy(memory));
  freeMemory(bytes);
  return moved;
}
