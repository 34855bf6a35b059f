/** Walks over the texts, numbers and words of JSON as `JSON.stringify` writes them. */

import type { Buffer } from "node:buffer";

/** The text is not within the bounds, or not written as `JSON.stringify` writes. The message does not quote the text. */
export class JsonFault extends Error {
  override name = "JsonFault";
}

/** The fault of what is no JSON at all, or written in another way. */
export function notJson(): JsonFault {
  return new JsonFault("it is no JSON as kube-backup writes it");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SMALL_E = 0x65;
const SMALL_U = 0x75;

/** Bytes that end the quick walk over a text are 1: its end, an escape, a control character. */
export const STOPS = new Uint8Array(256).fill(1, 0, 0x20);
STOPS[QUOTE] = 1;
STOPS[BACKSLASH] = 1;

/** The characters that `JSON.stringify` writes after a backslash, but for `u`. */
const SHORT_ESCAPES = new Uint8Array(256);
for (const each of '"\\bfnrt') SHORT_ESCAPES[each.charCodeAt(0)] = 1;
/** What `JSON.stringify` writes after `\u`: control characters without a short form. Lone surrogates are none of them. */
const LONG_ESCAPES = new Set(
  Array.from({ length: 0x20 }, (_, code) => JSON.stringify(String.fromCharCode(code)))
    .filter((text) => text.startsWith('"\\u'))
    .map((text) => text.slice(3, -1)),
);

const LITERALS: ReadonlyMap<number, Uint8Array> = new Map(
  ["true", "false", "null"].map((text) => [text.charCodeAt(0), new TextEncoder().encode(text)]),
);

/** So many bytes of a text are walked over one by one before words are looked at: most texts are short. */
const SHORT_BYTES = 8;

/** Bytes, and the memory that they are in as words of four bytes. */
export class JsonBytes {
  readonly bytes: Buffer;
  readonly #words: Int32Array;

  /** @param before bytes that may be in the same memory, and have its words then. */
  constructor(bytes: Buffer, before: JsonBytes | undefined) {
    this.bytes = bytes;
    const { buffer } = bytes;
    // From the start of the memory: words must be aligned.
    this.#words =
      before !== undefined && before.#words.buffer === buffer
        ? before.#words
        : new Int32Array(buffer, 0, buffer.byteLength >> 2);
  }

  /** Walks over bytes that are part of a text. Returns the position of the next byte that is a stop. */
  skipPlain(from: number): number {
    const { bytes } = this;
    const first = bytes.byteOffset;
    let at = from;
    const aligned = ((first + at + SHORT_BYTES + 3) & ~3) - first;
    while (at < aligned && STOPS[bytes[at] as number] === 0) at += 1;
    if (at < aligned) return at;
    const words = this.#words;
    const end = (first + bytes.length) >> 2;
    let index = (first + at) >> 2;
    for (; index < end; index += 1) {
      const word = words[index] as number;
      // The highest bit of a byte is set where the byte is less than 0x20, a quote or a backslash; above such a byte it
      // may be set for nothing. https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord
      const stops =
        (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101);
      if ((stops & ~word & 0x80808080) !== 0) break;
    }
    at = Math.max(at, 4 * index - first);
    while (STOPS[bytes[at] as number] === 0) at += 1;
    return at;
  }
}

/**
 * Walks over a text, from anywhere in it. Returns the position behind its last quote.
 *
 * @param loose whether other escapes are taken too.
 * @throws {JsonFault} where the text has no end, or is written in another way.
 */
export function skipText(text: JsonBytes, from: number, loose: boolean): number {
  const { bytes } = text;
  let at = from;
  for (;;) {
    at = text.skipPlain(at);
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw notJson();
    const next = bytes[at + 1] as number;
    if (loose || SHORT_ESCAPES[next] === 1) {
      at += 2;
      continue;
    }
    if (next !== SMALL_U) throw notJson();
    if (!LONG_ESCAPES.has(bytes.toString("latin1", at + 2, at + 6))) {
      throw new JsonFault("it has an escape that is not as written");
    }
    at += 6;
  }
}

/**
 * Walks over a number, true, false or null. Returns the position behind it.
 *
 * @throws {JsonFault} where there is none.
 */
export function skipWord(bytes: Buffer, start: number): number {
  const literal = LITERALS.get(bytes[start] as number);
  if (literal === undefined) return skipNumber(bytes, start);
  for (let index = 1; index < literal.length; index += 1) {
    if (bytes[start + index] !== literal[index]) throw notJson();
  }
  return start + literal.length;
}

/** Walks over whitespace. */
export function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (
    let byte = bytes[at];
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = bytes[at]
  ) {
    at += 1;
  }
  return at;
}

function skipNumber(bytes: Buffer, start: number): number {
  let at = start;
  if (bytes[at] === MINUS) at += 1;
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at);
  if (bytes[at] === POINT) at = skipDigits(bytes, at + 1);
  if (((bytes[at] as number) | 0x20) === SMALL_E) {
    const sign = bytes[at + 1];
    at = skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
  }
  return at;
}

/** Walks over one or more digits. */
function skipDigits(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
  if (at === start) throw notJson();
  return at;
}
