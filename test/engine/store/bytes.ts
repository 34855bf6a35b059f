/** Contents for backups. */

import { Buffer } from "node:buffer";
import { createCipheriv, createHash } from "node:crypto";

/** Bytes that look random and are the same for the same seed. */
export function bytesOf(length: number, seed: string): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** The bytes in pieces of a size that divides nothing, as a stream. */
export async function* streamOf(bytes: Uint8Array, pieceBytes = 65_521): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
