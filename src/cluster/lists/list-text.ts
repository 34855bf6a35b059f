import { Buffer } from "node:buffer";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { JsonText } from "../../kubernetes/json-text.ts";
import { MemoryPool } from "../../memory/memory-pool.ts";
import type { OwnedBytes } from "../../memory/owned-bytes.ts";
import { BYTES_AHEAD } from "../requests/body-stream.ts";
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  JsonCursor,
  JsonEndsError,
  OPEN_LIST,
  OPEN_OBJECT,
} from "./json-cursor.ts";

/** The apiVersion and the metadata of a list. */
export interface ListHead {
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string };
}

/** A page of a list, as the API server answers. */
export interface ListText extends ListHead {
  items: JsonObject[];
}

/**
 * Parses a page of a list.
 *
 * @param asText see {@link ListParser}.
 * @throws {SyntaxError} where the text is not JSON.
 */
export function parseList(page: Buffer, asText: readonly string[]): ListText {
  if (asText.length === 0) return parseWhole(page);
  const parser = new ListParser(asText);
  const { items } = parser.take([page]);
  const list = parser.end();
  return { ...list, items: [...items, ...list.items] };
}

function parseWhole(page: Buffer): ListText {
  const { items, ...head } = parseJson(page.toString()) as ListHead & Partial<ListText>;
  return { ...head, items: items ?? [] };
}

/** Items of a list, and the memory of their members that stay text. Once the items are disposed of, reading these members throws. */
export interface ParsedItems extends Disposable {
  items: JsonObject[];
}

/** Memory, in bytes, for the text that arrives at once, and for what was left of the text before. */
const PART_CAPACITY = BYTES_AHEAD + 192 * 1024;

/** Parses a page of a list as the text arrives. */
export class ListParser {
  readonly #asText: readonly string[];
  readonly #memory = new MemoryPool(PART_CAPACITY);
  /** The part of the text that is not parsed yet: less than an item. */
  #rest: readonly Buffer[] = [];
  #head: ListHead | undefined;
  /** The next part of the list; all of the list where the items come before the metadata. */
  #next: "head" | "items" | "tail" | "all" = "head";

  /**
   * @param asText members of each item that stay {@link JsonText}, where they hold only strings: they are most of a
   * ConfigMap or a Secret, and parsing and writing them takes longer than all other work on the object.
   */
  constructor(asText: readonly string[]) {
    this.#asText = asText;
  }

  /** The apiVersion and the metadata; undefined until they arrive. Lists of built-in resources begin with them. */
  get head(): ListHead | undefined {
    return this.#head;
  }

  /**
   * Takes more of the text, and returns the items that are complete with it.
   *
   * @throws {SyntaxError} when the text is not JSON.
   */
  take(bytes: readonly Buffer[]): ParsedItems {
    this.#rest = [...this.#rest, ...bytes];
    const [first] = this.#rest;
    if (this.#next === "all" || first === undefined) return { items: [], [Symbol.dispose]: ownsNothing };
    // Text in one piece still belongs to the caller.
    const memory = this.#rest.length === 1 ? undefined : this.#join(this.#rest);
    const items = this.#parse(new JsonCursor(memory?.bytes ?? first));
    if (items.length === 0) memory?.[Symbol.dispose]();
    return { items, [Symbol.dispose]: () => memory?.[Symbol.dispose]() };
  }

  /** Parses the complete items, and keeps the rest. */
  #parse(cursor: JsonCursor): JsonObject[] {
    const items: JsonObject[] = [];
    let taken = 0;
    try {
      if (this.#next === "head") {
        this.#head = readHead(cursor);
        this.#next = this.#head === undefined ? "all" : cursor.take(CLOSE_LIST) ? "tail" : "items";
        taken = this.#head === undefined ? 0 : cursor.position;
      }
      while (this.#next === "items") {
        const item = parseItem(cursor, this.#asText);
        // The item is known to be complete only by what follows.
        if (!cursor.take(COMMA)) {
          cursor.expect(CLOSE_LIST);
          this.#next = "tail";
        }
        items.push(item);
        taken = cursor.position;
      }
    } catch (error) {
      if (!(error instanceof JsonEndsError)) throw error;
    }
    this.#rest = [Buffer.from(cursor.bytesFrom(taken))];
    return items;
  }

  #join(pieces: readonly Buffer[]): OwnedBytes {
    const memory = this.#memory.take(pieces.reduce((sum, { length }) => sum + length, 0));
    let filled = 0;
    for (const piece of pieces) filled += piece.copy(memory.bytes, filled);
    return memory.move(filled);
  }

  /**
   * Ends the list. Returns the apiVersion and metadata, and the items that could not be parsed before the end.
   *
   * @throws {SyntaxError} where the list is incomplete.
   */
  end(): ListText {
    const rest = Buffer.concat(this.#rest);
    if (this.#head === undefined) return parseWhole(rest);
    if (this.#next === "items") throw new JsonEndsError("The list ends within its items");
    const cursor = new JsonCursor(rest);
    const tail: JsonObject = {};
    while (cursor.take(COMMA)) tail[cursor.key()] = parseValue(cursor);
    cursor.expect(CLOSE_OBJECT);
    return { ...this.#head, ...tail, items: [] };
  }
}

/** Disposes of items without memory of their own. */
export function ownsNothing(): void {}

/**
 * Walks up to the first item. Undefined where the items come before the metadata, or where there are none.
 *
 * @throws {JsonEndsError} where the text up to the first item has not arrived yet.
 */
function readHead(cursor: JsonCursor): ListHead | undefined {
  const head: JsonObject = {};
  cursor.expect(OPEN_OBJECT);
  for (;;) {
    const key = cursor.key();
    if (key === "items") {
      cursor.expectMore();
      const isFirst = head["metadata"] === undefined;
      return !isFirst && cursor.take(OPEN_LIST) ? (head as unknown as ListHead) : undefined;
    }
    head[key] = parseValue(cursor);
    cursor.expect(COMMA);
  }
}

function parseValue(cursor: JsonCursor): unknown {
  const start = cursor.position;
  cursor.skip();
  return parseJson(cursor.textFrom(start));
}

/** Parses an item at once, with null in place of each member that stays text. */
function parseItem(cursor: JsonCursor, asText: readonly string[]): JsonObject {
  const texts: [key: string, text: JsonText][] = [];
  let parsed = "";
  let start = cursor.position;
  cursor.members((key) => {
    const value = cursor.position;
    const text = asText.includes(key) ? cursor.stringMap() : undefined;
    if (text === undefined) {
      cursor.skip();
      return;
    }
    texts.push([key, new JsonText(text)]);
    parsed += `${cursor.textFrom(start, value)}null`;
    start = cursor.position;
  });
  const item = parseJson(parsed + cursor.textFrom(start)) as JsonObject;
  for (const [key, text] of texts) item[key] = text;
  return item;
}
