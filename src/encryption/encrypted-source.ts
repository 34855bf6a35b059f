import { Buffer } from "node:buffer";
import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { RandomAccess } from "../store/contract/store.ts";
import { headerLength, isAgeFile, MAX_HEADER_BYTES } from "./header.ts";
import type { Identities } from "./identities.ts";
import { MissingKeyError } from "./missing-key-error.ts";
import { CHUNK_BYTES, NONCE_BYTES, openChunk, payloadKey, plainSize, SEALED_CHUNK_BYTES } from "./payload.ts";

/** How much is read at first, in bytes: the header of all but files with several post-quantum recipients. */
const FIRST_READ_BYTES = 4 * 1024;

/** What the chunks of an age file lie in, and what opens them. */
interface Payload {
  key: Buffer;
  /** Where the chunks begin in the file. */
  start: number;
  /** Their plain size in bytes. */
  size: number;
}

/**
 * The plain bytes of an age file, read at random: a read is one read of the chunks around it. Nothing is given out before
 * the last chunk is verified, as age demands of whoever does not read from the beginning: a file that lacks its end could
 * pass for a shorter one otherwise.
 */
export class EncryptedSource implements RandomAccess {
  readonly name: string;
  readonly size: number;
  readonly etag: string | undefined;
  readonly form = "zip.age";
  readonly storedSize: number;
  readonly #source: RandomAccess;
  readonly #payload: Payload;
  #endVerified = false;

  private constructor(source: RandomAccess, payload: Payload) {
    this.name = source.name;
    this.size = payload.size;
    this.etag = source.etag;
    this.storedSize = source.size;
    this.#source = source;
    this.#payload = payload;
  }

  /**
   * Reads the header. The source belongs to the result from then on, and to the caller where this throws.
   *
   * @throws {MissingKeyError} where none of the keys opens the file.
   * @throws {DamagedArchiveError} where it is no age file, or one that was changed or cut short.
   */
  static async open(
    source: RandomAccess,
    identities: Identities,
    signal: AbortSignal,
  ): Promise<EncryptedSource> {
    const { name } = source;
    const beginning = await readHeader(source, signal);
    const length = headerLength(beginning);
    if (length === undefined || beginning.length < length + NONCE_BYTES) {
      throw new DamagedArchiveError(name, "it is cut short, or its header does not end");
    }
    const fileKey = await unwrap(name, beginning.subarray(0, length), identities);
    const nonce = beginning.subarray(length, length + NONCE_BYTES);
    const start = length + NONCE_BYTES;
    const size = plainSize(source.size - start);
    if (size === undefined) throw new DamagedArchiveError(name, "its end is missing");
    return new EncryptedSource(source, { key: payloadKey(fileKey, nonce), start, size });
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    if (start < 0 || end > this.size || start > end) {
      throw new RangeError(`Bytes ${start} to ${end} of ${this.name} were asked for, which has ${this.size}`);
    }
    const last = this.#lastChunk;
    const [first, to] = [Math.floor(start / CHUNK_BYTES), Math.floor(Math.max(start, end - 1) / CHUNK_BYTES)];
    if (!this.#endVerified && to < last) this.#open(await this.#sealed(last, last, signal), last);
    if (start === end && this.#endVerified) return new Uint8Array(0);
    const sealed = await this.#sealed(first, to, signal);
    const plain = Buffer.allocUnsafeSlow(end - start);
    // From the end: where the read has the last chunk in it, that one comes before all others.
    for (let index = to; index >= first; index--) {
      const from = (index - first) * SEALED_CHUNK_BYTES;
      const chunk = this.#open(sealed.subarray(from, from + SEALED_CHUNK_BYTES), index);
      const at = index * CHUNK_BYTES - start;
      chunk.copy(plain, Math.max(0, at), Math.max(0, -at), end - index * CHUNK_BYTES);
    }
    return plain;
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  get #lastChunk(): number {
    return Math.max(0, Math.ceil(this.size / CHUNK_BYTES) - 1);
  }

  /** The encrypted chunks from `first` to `last`, inclusive. */
  async #sealed(first: number, last: number, signal: AbortSignal): Promise<Uint8Array> {
    const { start } = this.#payload;
    const from = start + first * SEALED_CHUNK_BYTES;
    const to = Math.min(this.#source.size, start + (last + 1) * SEALED_CHUNK_BYTES);
    return await this.#source.read(from, to, signal);
  }

  #open(sealed: Uint8Array, index: number): Buffer {
    const last = index === this.#lastChunk;
    let plain: Buffer;
    try {
      plain = openChunk(this.#payload.key, sealed, { index, last });
    } catch (error) {
      const reason = last
        ? "its end is missing, or was changed"
        : `it was changed: bytes ${index * CHUNK_BYTES} to ${(index + 1) * CHUNK_BYTES} of its content`;
      throw new DamagedArchiveError(this.name, reason, { cause: error });
    }
    if (last) this.#endVerified = true;
    return plain;
  }
}

/** The beginning of a file, with its header and the nonce where they are of a size that is read. */
async function readHeader(source: RandomAccess, signal: AbortSignal): Promise<Uint8Array> {
  const beginning = await source.read(0, Math.min(source.size, FIRST_READ_BYTES), signal);
  if (!isAgeFile(beginning)) throw new DamagedArchiveError(source.name, "it is no age file");
  const length = headerLength(beginning);
  if (length !== undefined && beginning.length >= length + NONCE_BYTES) return beginning;
  return await source.read(0, Math.min(source.size, MAX_HEADER_BYTES), signal);
}

async function unwrap(name: string, header: Uint8Array, identities: Identities): Promise<Buffer> {
  const found = await identities.unwrap(header).catch((error: unknown) => {
    throw new DamagedArchiveError(name, "its header was changed, or is of a later age", { cause: error });
  });
  if ("fileKey" in found) return found.fileKey;
  throw new MissingKeyError(name, { stanzas: found.stanzas, keys: identities.count });
}
