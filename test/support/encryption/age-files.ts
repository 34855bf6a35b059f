/** Keys of age, bytes in memory as a store gives them, and files of age for tests. */

import { Buffer } from "node:buffer";
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { encryptStream } from "../../../src/encryption/encrypt-stream.ts";
import { Identities } from "../../../src/encryption/identities.ts";
import { parseRecipients, type Recipients } from "../../../src/encryption/recipients.ts";
import type { RandomAccess } from "../../../src/store/contract/store.ts";

/** A pair of keys. */
export interface KeyPair {
  identity: string;
  recipient: string;
}

/** A new pair of keys. */
export async function keyPair(type: "X25519" | "post-quantum" = "X25519"): Promise<KeyPair> {
  const identity = await (type === "X25519" ? generateX25519Identity() : generateHybridIdentity());
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipients of pairs of keys. */
export function recipientsOf(...pairs: readonly KeyPair[]): Recipients {
  const parsed = parseRecipients(pairs.map(({ recipient }) => recipient).join("\n"));
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.value;
}

/** The private keys of pairs of keys. */
export function identitiesOf(...pairs: readonly KeyPair[]): Identities {
  return new Identities(pairs.map(({ identity }) => identity));
}

/** Bytes as an age file, handed over in pieces of some size. */
export async function encrypted(
  plain: Uint8Array,
  recipients: Recipients,
  pieceBytes = plain.length,
): Promise<Buffer> {
  return await allOf(encryptStream(inPieces(plain, pieceBytes), recipients));
}

/** A stream of some bytes. */
export async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** All bytes of a stream. */
export async function allOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}

/** Bytes in memory, which count what is read of them. */
export class MemorySource implements RandomAccess {
  readonly name: string = "backup_20260131T120000Z";
  readonly size: number;
  readonly etag = "etag";
  /** The ranges that were read. */
  readonly reads: [start: number, end: number][] = [];
  closed = false;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    if (start < 0 || end > this.size || start > end)
      throw new RangeError(`${start} to ${end} of ${this.size}`);
    this.reads.push([start, end]);
    return this.#bytes.slice(start, end);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
