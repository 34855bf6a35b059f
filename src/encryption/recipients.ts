import { createHash } from "node:crypto";
import { bech32 } from "@scure/base";

/** The public keys that backups are encrypted to, all of one type. */
export interface Recipients {
  type: KeyType;
  /** `age1…`, each once, in the order given. */
  keys: readonly string[];
}

/** Post-quantum keys and X25519 keys must not be mixed: a file is as weak as the weakest of its recipients. */
export type KeyType = "X25519" | "post-quantum";

/** The value, or the problem: a clause that follows the setting's name. */
export type Parsed<Value> = { value: Value } | { problem: string };

/** The most recipients. What they take in a file's header is bounded by {@link MAX_HEADER_BYTES} of `header.ts`. */
const MAX_RECIPIENTS = 20;

/** The types of public keys: the prefix and the length in bytes. */
const PUBLIC: Readonly<Record<string, { type: KeyType; bytes: number }>> = {
  age: { type: "X25519", bytes: 32 },
  age1pq: { type: "post-quantum", bytes: 1216 },
};

const WANTED = "write keys that begin with age1 or age1pq1, as age-keygen prints them";

/**
 * Reads public keys as AGE_RECIPIENTS or a file of recipients holds them: `age1…` or `age1pq1…`, between commas, spaces or
 * line breaks. What follows a `#` on a line is a comment.
 */
export function parseRecipients(text: string): Parsed<Recipients> {
  const found = new Map<string, KeyType>();
  for (const [index, word] of keyWords(text).entries()) {
    const which = `its key ${index + 1}`;
    if (/^AGE-SECRET-KEY-/i.test(word)) {
      return {
        problem: `holds a private key (${which}): here only public keys belong, which begin with age1`,
      };
    }
    const type = recipientType(word);
    if (type === undefined) return { problem: `${whyNot(word, which)}: ${WANTED}` };
    found.set(word.toLowerCase(), type);
  }
  const [type, ...others] = new Set(found.values());
  if (type === undefined) return { problem: `names no key: ${WANTED}` };
  if (others.length > 0) {
    return {
      problem:
        "mixes post-quantum keys (age1pq1…) with others (age1…), so that none would be safe from a quantum computer: write keys of one type",
    };
  }
  if (found.size > MAX_RECIPIENTS)
    return { problem: `names ${found.size} keys: write at most ${MAX_RECIPIENTS}` };
  return { value: { type, keys: [...found.keys()] } };
}

/**
 * What a note says in place of a recipient, whose key may be 2,000 characters long: the first 32 digits of
 * `printf %s RECIPIENT | sha256sum`.
 */
export function fingerprintOf(recipient: string): string {
  return createHash("sha256").update(recipient).digest("hex").slice(0, 32);
}

/** The words of a list of keys, without comments. */
export function keyWords(text: string): string[] {
  return text
    .replaceAll(/#.*$/gm, "")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
}

/** The prefix in lower case and the bytes of a key; undefined where the checksum is wrong, or it is no such text. */
export function decodeKey(word: string): { prefix: string; bytes: Uint8Array } | undefined {
  // Post-quantum keys are longer than Bech32 allows.
  const decoded = bech32.decodeUnsafe(word, false);
  const bytes = decoded === undefined ? undefined : bech32.fromWordsUnsafe(decoded.words);
  if (decoded === undefined || !(bytes instanceof Uint8Array)) return undefined;
  return { prefix: decoded.prefix.toLowerCase(), bytes };
}

function recipientType(word: string): KeyType | undefined {
  const decoded = decodeKey(word);
  const known =
    decoded !== undefined && Object.hasOwn(PUBLIC, decoded.prefix) ? PUBLIC[decoded.prefix] : undefined;
  return known !== undefined && decoded?.bytes.length === known.bytes ? known.type : undefined;
}

/** What is wrong with a key. Its text is not shown: it may be a secret that was pasted into the wrong place. */
function whyNot(word: string, which: string): string {
  if (/^ssh-|^ecdsa-|^AAAA/.test(word)) return `names an SSH key (${which}), to which no backup is encrypted`;
  if (/^age1[a-z0-9-]*1/i.test(word) && !/^age1pq1/i.test(word)) {
    return `names a key of a plug-in or a hardware token (${which}), to which no backup is encrypted`;
  }
  if (/^age1/i.test(word))
    return `names a key with a slip in it (${which}: its checksum or its length is wrong)`;
  return `has something in it that is no key of age (${which})`;
}
