/** Paths of fields, for people: `spec.containers[name=web].image`, `data["nginx.conf"]`. */

import { isJsonObject } from "./json.ts";

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;
const PLAIN_VALUE = /^[\w./:*@-]+$/;

/** The path of a member of an object. A key that is no plain word is quoted. */
export function memberPath(path: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The path of a list item by its index. */
export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** The path of a list item by its distinguishing fields: `ports[port=80,protocol=TCP]`. */
export function itemPath(path: string, keys: readonly (readonly [string, string])[]): string {
  const parts = keys.map(
    ([key, value]) => `${key}=${PLAIN_VALUE.test(value) ? value : JSON.stringify(value)}`,
  );
  return `${path}[${parts.join(",")}]`;
}

/** The path of a list item by its name, or by its index where the item has no name. */
export function namedItemPath(path: string, item: unknown, index: number): string {
  const name = isJsonObject(item) ? item["name"] : undefined;
  return typeof name === "string" ? itemPath(path, [["name", name]]) : indexPath(path, index);
}
