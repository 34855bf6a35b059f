import { Buffer } from "node:buffer";
import type { Stanza } from "age-encryption";
import { decodeKey, type KeyType, keyWords, type Parsed } from "./recipients.ts";

/** The types of private keys by their prefix. All have 32 bytes. */
const PRIVATE: Readonly<Record<string, KeyType>> = {
  "age-secret-key-": "X25519",
  "age-secret-key-pq-": "post-quantum",
};

const PRIVATE_KEY_BYTES = 32;

/** The most keys, each of which is tried with each recipient of a file. */
const MAX_KEYS = 100;

/** The key of a file; or, where none of the keys opens the file, the types of its recipients as its header names them. */
export type Unwrapped = { fileKey: Buffer } | { stanzas: readonly string[] };

/** Private keys. No conversion to text or JSON shows them. */
export class Identities {
  readonly #keys: readonly string[];

  /** @param keys as age-keygen writes them, in capitals. */
  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** The keys of several sources, each once. */
  static all(...of: readonly (Identities | undefined)[]): Identities {
    return new Identities([...new Set(of.flatMap((each) => (each === undefined ? [] : each.#keys)))]);
  }

  /** How many there are. */
  get count(): number {
    return this.#keys.length;
  }

  /** The public keys that belong to them, in their order. */
  async recipients(): Promise<string[]> {
    const { identityToRecipient } = await import("age-encryption");
    return await Promise.all(this.#keys.map((key) => identityToRecipient(key)));
  }

  /**
   * Looks for the key of a file in its header.
   *
   * @throws {Error} where the header is not as age writes it, or was changed.
   */
  async unwrap(header: Uint8Array): Promise<Unwrapped> {
    const { Decrypter } = await import("age-encryption");
    const decrypter = new Decrypter();
    for (const key of this.#keys) decrypter.addIdentity(key);
    // The library asks one after the other: this one is asked where no other knows the file.
    let stanzas: readonly string[] | undefined;
    decrypter.addIdentity({
      unwrapFileKey(found: Stanza[]) {
        stanzas = found.map(({ args }) => args[0] ?? "");
        return null;
      },
    });
    try {
      return { fileKey: Buffer.from(await decrypter.decryptHeader(header)) };
    } catch (error) {
      if (stanzas === undefined) throw error;
      return { stanzas };
    }
  }
}

/**
 * Reads private keys as AGE_KEY or a file of identities holds them, `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`, in the
 * form of age-keygen: between line breaks, spaces or commas, with comments after `#`. The problem never holds a key.
 */
export function parseIdentities(text: string): Parsed<Identities> {
  if (/^age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----/.test(text.trimStart())) {
    return {
      problem:
        "is protected by a passphrase, which a program cannot type: decrypt it first, age -d -o key.txt FILE",
    };
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return { problem: "is a private key of another program: write a key as age-keygen makes it" };
  }
  const words = keyWords(text);
  for (const [index, word] of words.entries()) {
    const problem = problemOf(word);
    if (problem !== undefined) return { problem: `${problem} (its word ${index + 1}): ${WANTED}` };
  }
  const keys = [...new Set(words.map((word) => word.toUpperCase()))];
  if (keys.length === 0) return { problem: `holds no private key: ${WANTED}` };
  if (keys.length > MAX_KEYS)
    return { problem: `holds ${keys.length} private keys: give at most ${MAX_KEYS}` };
  return { value: new Identities(keys) };
}

const WANTED = "give lines that begin with AGE-SECRET-KEY-, as age-keygen writes them";

function problemOf(word: string): string | undefined {
  if (/^age1/i.test(word)) return "holds a public key, which opens nothing";
  if (/^AGE-PLUGIN-/i.test(word)) return "holds a key of a plug-in, which this program does not start";
  if (!/^AGE-SECRET-KEY-/i.test(word)) return "has something in it that is no private key of age";
  const decoded = decodeKey(word);
  const known = decoded !== undefined && Object.hasOwn(PRIVATE, decoded.prefix);
  if (known && decoded.bytes.length === PRIVATE_KEY_BYTES) return undefined;
  return "holds a private key with a slip in it: its checksum, its length or its type is wrong";
}
