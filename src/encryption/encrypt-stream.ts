import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { CHUNK_BYTES, NONCE_BYTES, payloadKey, sealChunk } from "./payload.ts";
import type { Recipients } from "./recipients.ts";

/**
 * Encrypts a stream into one plain age file, which the stock age decrypts. Each call makes a new key for its file. Holds a
 * chunk, 64 KiB, at a time.
 *
 * The library writes the header, and node:crypto the chunks: it is several times as fast.
 */
export async function* encryptStream(
  content: AsyncIterable<Uint8Array>,
  recipients: Recipients,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, fileKey } = await newHeader(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  const key = payloadKey(fileKey, nonce);
  let index = 0;
  const waiting = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let filled = 0;
  for await (const bytes of content) {
    for (let taken = 0; taken < bytes.length; ) {
      // A full chunk waits for the next byte, since it may be the last one.
      if (filled === CHUNK_BYTES) {
        yield* sealChunk(key, waiting, { index: index++, last: false });
        filled = 0;
      }
      if (filled === 0 && bytes.length - taken > CHUNK_BYTES) {
        const chunk = bytes.subarray(taken, taken + CHUNK_BYTES);
        yield* sealChunk(key, chunk, { index: index++, last: false });
        taken += CHUNK_BYTES;
        continue;
      }
      const piece = bytes.subarray(taken, taken + CHUNK_BYTES - filled);
      waiting.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  yield* sealChunk(key, waiting.subarray(0, filled), { index, last: true });
}

/** What the library appends to the header of an empty file: a nonce and the tag of an empty chunk. */
const EMPTY_PAYLOAD_BYTES = 32;

/** The header of a new file, and the key that it wraps. */
async function newHeader({ keys }: Recipients): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const key of keys) encrypter.addRecipient(key);
  let fileKey: Uint8Array | undefined;
  // Each recipient is handed the file's key to wrap it. This one only looks at it.
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const file = await encrypter.encrypt(new Uint8Array(0));
  if (fileKey === undefined) throw new Error("age-encryption made a file without a key");
  return { header: file.subarray(0, -EMPTY_PAYLOAD_BYTES), fileKey };
}
