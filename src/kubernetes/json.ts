/**
 * JSON without loss: every number stays as it was written.
 *
 * `JSON.parse` rounds integers beyond 2^53, and turns 1.0 into 1 and 1e21 into 1e+21: a custom resource would be
 * restored with other numbers. Such numbers are kept as their source text
 * (https://github.com/tc39/proposal-json-parse-with-source). That costs a call for each value, so that a text without
 * such numbers, which is nearly every text, takes the plain parser.
 */

import { JsonText } from "./json-text.ts";

/** A JSON object. Numbers that JavaScript cannot represent exactly are raw JSON. */
export type JsonObject = Record<string, unknown>;

/** A number of 16 or more digits, or with a fraction or an exponent, where a value may be. */
const FRAGILE_NUMBER = /[:,[]\s*-?(?:\d{16}|\d+[.eE])/;

// TypeScript's library has neither yet.
interface SourceContext {
  source?: string;
}
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: SourceContext) => unknown,
) => unknown;
const RAW_JSON = JSON as typeof JSON & { rawJSON(text: string): unknown };

/**
 * Parses JSON text without loss. `JSON.stringify` writes the result as the text was.
 *
 * @throws {SyntaxError} where the text is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!FRAGILE_NUMBER.test(text)) return JSON.parse(text);
  return (JSON.parse as ParseWithSource)(text, (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined) return value;
    return JSON.stringify(value) === source ? value : RAW_JSON.rawJSON(source);
  });
}

/** A copy that shares nothing with a JSON value. */
export function cloneJson(value: unknown): unknown {
  return value === undefined ? undefined : (parseJson(JSON.stringify([value])) as unknown[])[0];
}

/** Characters that Go's encoder escapes, and JSON.stringify does not. */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

/**
 * JSON text as the API server and its controllers write it. A field that holds JSON which the API server does not
 * interpret (the data of a ControllerRevision) is stored and compared byte by byte: the controller could never update
 * an object that was written in another way.
 *
 * https://pkg.go.dev/encoding/json#Marshal
 */
export function asWrittenByGo(text: string): string {
  return text.replace(ESCAPED_BY_GO, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether a value is a JSON object: not null, a list, a raw number, or text. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !isRawNumber(value) && !(value instanceof JsonText);
}

/** Whether two values are equal, regardless of the order of keys. */
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
