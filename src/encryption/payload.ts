/** The payload of an age file, after its header: https://c2sp.org/age, "Payload". */

import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

/** The plain bytes of a chunk. Only the last chunk is shorter, and empty only where it is the only one. */
export const CHUNK_BYTES = 64 * 1024;

/** What follows each chunk, in bytes. */
const TAG_BYTES = 16;

/** An encrypted chunk, in bytes. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/** What the payload begins with, in bytes. */
export const NONCE_BYTES = 16;

const CIPHER = "chacha20-poly1305";

/** The key of the payload's chunks. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}

/** Which of the chunks, from 0, and whether it is the last one. */
export interface ChunkPlace {
  index: number;
  last: boolean;
}

/** Encrypts a chunk: its bytes, and the tag that follows them. */
export function sealChunk(
  key: Uint8Array,
  plain: Uint8Array,
  place: ChunkPlace,
): [bytes: Buffer, tag: Buffer] {
  const cipher = createCipheriv(CIPHER, key, chunkNonce(place), { authTagLength: TAG_BYTES });
  const bytes = cipher.update(plain);
  cipher.final();
  return [bytes, cipher.getAuthTag()];
}

/**
 * Decrypts a chunk.
 *
 * @throws {Error} where it was changed, was another chunk, or the key is another one.
 */
export function openChunk(key: Uint8Array, sealed: Uint8Array, place: ChunkPlace): Buffer {
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(place), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  decipher.final();
  return plain;
}

/** An 11-byte counter, and a byte that is 1 for the last chunk. */
function chunkNonce({ index, last }: ChunkPlace): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * The plain bytes in a payload.
 *
 * @param sealedBytes the size of all chunks.
 * @returns undefined where no payload has that size.
 */
export function plainSize(sealedBytes: number): number | undefined {
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);
  const plain = sealedBytes - chunks * TAG_BYTES;
  const last = sealedBytes - (chunks - 1) * SEALED_CHUNK_BYTES;
  if (chunks === 0 || last < TAG_BYTES || (last === TAG_BYTES && chunks > 1)) return undefined;
  return plain;
}
