/**
 * Scans JSON text without building values. `JSON.parse` takes what this program never writes and what other readers
 * understand in another way: a key that comes twice (the API server merges both values, JavaScript takes the last),
 * nesting of any depth, lone surrogates (which Go replaces). The scanner takes only what `JSON.stringify` writes, within
 * bounds, in one pass over the bytes.
 */

import { type Buffer, isUtf8 } from "node:buffer";
import { OpenKeys } from "./json-keys.ts";
import { JsonBytes, JsonFault, notJson, STOPS, skipSpace, skipText, skipWord } from "./json-words.ts";

/** Bounds of a text. */
export interface JsonBounds {
  /** How many objects and lists may lie in each other. */
  depth: number;
  /** How many values there may be: objects, lists, and all that is in them. */
  values: number;
  /** Whether people may have written the text: with whitespace, and with other escapes in values. */
  loose?: boolean;
}

/** What the scanner notes of the top object. */
export type NotedMember = "apiVersion" | "kind" | "name" | "metadata.name" | "metadata.namespace";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

const NOTED: readonly NotedMember[] = ["apiVersion", "kind", "name", "metadata.name", "metadata.namespace"];
const NONE = -1;
const OTHER = -2;
const METADATA = NOTED.length;
/** Keys by length, first those of the top object, then those of its metadata. */
const TOP_KEYS = keyTable({ apiVersion: 0, kind: 1, name: 2, metadata: METADATA });
const METADATA_KEYS = keyTable({ name: 3, namespace: 4 });

/** Scans one text after another, with the same memory. */
export class JsonScanner {
  readonly #bounds: JsonBounds;
  readonly #loose: boolean;
  readonly #isObject: Uint8Array;
  readonly #keys: OpenKeys;
  #text: JsonBytes | undefined;
  /** Where the noted values begin and end, with their quotes; -1 where there is none, -2 where it is no text. */
  readonly #noted = new Int32Array(2 * NOTED.length);
  #next = NONE;
  #inMetadata = false;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
    this.#loose = bounds.loose === true;
    this.#isObject = new Uint8Array(bounds.depth + 1);
    this.#keys = new OpenKeys(bounds.depth);
  }

  /**
   * Scans the text of one object.
   *
   * @throws {JsonFault} where the text is anything else, or not as `JSON.stringify` writes, or beyond the bounds.
   */
  scan(bytes: Buffer): void {
    if (bytes[0] !== OPEN_OBJECT) throw new JsonFault("it is no JSON object");
    if (!isUtf8(bytes)) throw new JsonFault("it is not UTF-8");
    const text = new JsonBytes(bytes, this.#text);
    this.#text = text;
    this.#keys.clear();
    this.#noted.fill(NONE);
    this.#next = NONE;
    this.#inMetadata = false;
    if (this.#values(text) !== bytes.length) throw new JsonFault("something follows the object");
  }

  /** A member of the text that was scanned last; undefined where there is none, or it is no text. */
  text(member: NotedMember): string | undefined {
    const slot = 2 * NOTED.indexOf(member);
    const start = this.#noted[slot] as number;
    if (start < 0) return undefined;
    const text = this.#text?.bytes.toString("utf8", start, this.#noted[slot + 1]) ?? "";
    return text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
  }

  /**
   * Whether a member of the text that was scanned last is this text.
   *
   * @param expected UTF-8 that JSON has no escapes for; undefined for no such member.
   */
  is(member: NotedMember, expected: Uint8Array | undefined): boolean {
    const slot = 2 * NOTED.indexOf(member);
    const start = this.#noted[slot] as number;
    if (expected === undefined || start < 0) return expected === undefined && start === NONE;
    const { bytes } = this.#text as JsonBytes;
    if ((this.#noted[slot + 1] as number) - start - 2 !== expected.length) return false;
    let index = 0;
    while (index < expected.length && expected[index] === bytes[start + 1 + index]) index += 1;
    return index === expected.length;
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop without calls for each value takes half the time.
  #values(text: JsonBytes): number {
    const { bytes } = text;
    const { depth: deepest, values: most } = this.#bounds;
    const loose = this.#loose;
    let at = 0;
    let depth = 0;
    let values = 0;
    for (;;) {
      if (loose) at = skipSpace(bytes, at);
      values += 1;
      if (values > most) throw new JsonFault(`it holds more than ${most} values`);
      const byte = bytes[at] as number;
      const noted = this.#next;
      if (noted !== NONE) this.#note(noted, at, byte);
      if (byte === QUOTE) {
        at = skipText(text, at + 1, loose);
        if (noted !== NONE && noted !== METADATA) this.#noted[2 * noted + 1] = at;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        const isObject = byte === OPEN_OBJECT;
        depth += 1;
        if (depth > deepest) throw new JsonFault(`it is nested more than ${deepest} levels deep`);
        this.#isObject[depth] = isObject ? 1 : 0;
        this.#keys.open(depth);
        at = loose ? skipSpace(bytes, at + 1) : at + 1;
        if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
          if (isObject) at = this.#key(text, at, depth);
          continue;
        }
      } else {
        at = skipWord(bytes, at);
      }
      for (;;) {
        if (loose) at = skipSpace(bytes, at);
        if (depth === 0) return at;
        const isObject = this.#isObject[depth] === 1;
        const mark = bytes[at];
        at += 1;
        if (mark === COMMA) {
          if (isObject) at = this.#key(text, loose ? skipSpace(bytes, at) : at, depth);
          break;
        }
        if (mark !== (isObject ? CLOSE_OBJECT : CLOSE_LIST)) throw notJson();
        if (isObject) {
          this.#keys.close(depth);
          if (depth === 2) this.#inMetadata = false;
        }
        depth -= 1;
      }
    }
  }

  /** Notes where a value begins. */
  #note(noted: number, at: number, byte: number): void {
    this.#next = NONE;
    if (noted === METADATA) this.#inMetadata = byte === OPEN_OBJECT;
    else this.#noted[2 * noted] = byte === QUOTE ? at : OTHER;
  }

  /** Walks over a key and its colon. */
  #key(text: JsonBytes, start: number, depth: number): number {
    const { bytes } = text;
    if (bytes[start] !== QUOTE) throw notJson();
    let at = start + 1;
    let hash = 0;
    let byte = bytes[at] as number;
    while (STOPS[byte] === 0) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      at += 1;
      byte = bytes[at] as number;
    }
    if (byte !== QUOTE) {
      // A key could be written in two ways.
      if (this.#loose) throw notJson();
      at = skipText(text, at, false) - 1;
    }
    const colon = this.#loose ? skipSpace(bytes, at + 1) : at + 1;
    if (bytes[colon] !== COLON) throw notJson();
    this.#keys.add(bytes, { hash, start: start + 1, end: at, depth });
    if (depth === 1) this.#next = find(TOP_KEYS, bytes, [start + 1, at]);
    else if (depth === 2 && this.#inMetadata) this.#next = find(METADATA_KEYS, bytes, [start + 1, at]);
    return colon + 1;
  }
}

/** Keys and their slots, by length. */
type KeyTable = readonly (readonly { key: Uint8Array; slot: number }[] | undefined)[];

function keyTable(slots: Readonly<Record<string, number>>): KeyTable {
  const table: { key: Uint8Array; slot: number }[][] = [];
  for (const [text, slot] of Object.entries(slots)) {
    const key = new TextEncoder().encode(text);
    table[key.length] = [...(table[key.length] ?? []), { key, slot }];
  }
  return table;
}

function find(table: KeyTable, bytes: Buffer, [start, end]: [number, number]): number {
  for (const { key, slot } of table[end - start] ?? []) {
    let index = 0;
    while (index < key.length && key[index] === bytes[start + index]) index += 1;
    if (index === key.length) return slot;
  }
  return NONE;
}
