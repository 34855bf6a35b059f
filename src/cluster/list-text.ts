import type { Buffer } from "node:buffer";
import { type JsonObject, parseJson } from "./json.ts";
import { JsonCursor } from "./json-cursor.ts";
import { JsonText } from "./json-text.ts";

/** A page of a list, as the API server answers it. */
export interface ListText {
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string };
  items: JsonObject[];
}

/**
 * Parses a page of a list.
 *
 * @param asText members of each item that stay {@link JsonText}, where they hold strings only: they are most
 * of what a ConfigMap or a Secret is, and parsing and writing them takes longer than all else that is done with it.
 * @throws {SyntaxError} when it is not JSON.
 */
export function parseList(page: Buffer, asText: readonly string[]): ListText {
  if (asText.length === 0) {
    const { items, ...head } = parseJson(page.toString()) as Omit<ListText, "items"> & Partial<ListText>;
    return { ...head, items: items ?? [] };
  }
  const cursor = new JsonCursor(page);
  const head: JsonObject = {};
  const items: JsonObject[] = [];
  cursor.members((key) => {
    if (key === "items") cursor.elements(() => items.push(parseItem(cursor, asText)));
    else head[key] = parseValue(cursor);
  });
  return { ...(head as Omit<ListText, "items">), items };
}

function parseValue(cursor: JsonCursor): unknown {
  const start = cursor.position;
  cursor.skip();
  return parseJson(cursor.textFrom(start));
}

/** Parses an item at once, with null in place of what stays text. */
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
