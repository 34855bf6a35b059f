/** The encoding of SSH's keys and signatures: https://www.rfc-editor.org/rfc/rfc4251#section-5 */

import { Buffer } from "node:buffer";

/** A number of 32 bits. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A string of SSH: its length, and its bytes. */
export function sshString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads what is encoded so, from the beginning. Every method throws an Error where the bytes end before. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether all bytes were read. */
  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next bytes as they are. */
  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Error("it is cut short");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  /** The bytes of a string. */
  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** A string as text, in which each byte is a character. */
  text(): string {
    return this.string().toString("latin1");
  }
}

/** The bytes of Base64 as the encoder writes it, with or without line breaks; undefined for any other text. */
export function fromBase64(text: string): Buffer | undefined {
  const joined = text.replaceAll(/\s+/g, "");
  const bytes = Buffer.from(joined, "base64");
  return joined !== "" && bytes.toString("base64") === joined ? bytes : undefined;
}
