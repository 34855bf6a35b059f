/**
 * JSON in which every number stays as it was written.
 *
 * `JSON.parse` rounds integers beyond 2^53 and makes 1.0 into 1 and 1e21 into 1e+21: a custom
 * resource would come back changed. Such numbers are kept as their source text
 * (https://github.com/tc39/proposal-json-parse-with-source). That costs a call for each value, so
 * texts without any such number, nearly all, take the plain parser.
 */

import { JsonText } from "./json-text.ts";

/** Any JSON value, numbers that JavaScript cannot hold exactly being raw JSON. */
export type JsonObject = Record<string, unknown>;

/** A number of 16 or more digits, or one with a fraction or an exponent, where a value may stand. */
const FRAGILE_NUMBER = /[:,[]\s*-?(?:\d{16}|\d+[.eE])/;

// TypeScript's library knows neither yet.
interface SourceContext {
  source?: string;
}
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: SourceContext) => unknown,
) => unknown;
const RAW_JSON = JSON as typeof JSON & { rawJSON(text: string): unknown };

/**
 * Parses JSON text without loss; `JSON.stringify` writes the result as it was.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!FRAGILE_NUMBER.test(text)) return JSON.parse(text);
  return (JSON.parse as ParseWithSource)(text, (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined) return value;
    return JSON.stringify(value) === source ? value : RAW_JSON.rawJSON(source);
  });
}

/** What Go's encoder writes as escapes, and JSON.stringify as it is. */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

/**
 * JSON text as the API server and its controllers write it. Where a field holds JSON that the server does
 * not look into (the data of a ControllerRevision), it is stored and compared byte by byte: an object that
 * was written in another way could never be updated by its controller again.
 *
 * https://pkg.go.dev/encoding/json#Marshal
 */
export function asWrittenByGo(text: string): string {
  return text.replace(ESCAPED_BY_GO, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether a value is a JSON object: neither null, nor a list, nor a raw number, nor kept as text. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !isRawNumber(value) && !(value instanceof JsonText);
}

/** Whether two values are equal, the order of keys aside. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))
    );
  }
  return isRawNumber(left) && isRawNumber(right) && JSON.stringify(left) === JSON.stringify(right);
}

function isRawNumber(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null && "rawJSON" in value
  );
}
