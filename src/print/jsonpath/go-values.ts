/** Values as kubectl, a Go program, represents and prints them. */

import { isJsonObject } from "../../kubernetes/json.ts";

/** A value with its type in Go. */
export type TypedValue =
  | { type: "text"; value: string }
  | { type: "truth value"; value: boolean }
  | { type: "whole number"; value: bigint }
  | { type: "fraction"; value: number }
  /** Null, maps and arrays. */
  | { type: "other"; value: unknown };

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** The value with its Go type. 1.0 is a float, and so is an integer beyond 64 bits. */
export function typed(value: unknown): TypedValue {
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "boolean") return { type: "truth value", value };
  if (typeof value === "bigint") return { type: "whole number", value };
  const source = numberSource(value);
  if (source === undefined) return { type: "other", value };
  if (!/^-?\d+$/.test(source)) return { type: "fraction", value: Number(source) };
  const whole = BigInt(source);
  if (whole < MIN_INT64 || whole > MAX_INT64) return { type: "fraction", value: Number(source) };
  return { type: "whole number", value: whole };
}

/** The digits of a number, also of a number that JavaScript cannot represent. Undefined for other values. */
function numberSource(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value) || isJsonObject(value))
    return undefined;
  return JSON.stringify(value);
}

/** Formats a value as Go's `fmt.Print` does: `map[a:1 b:[x y]]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (isJsonObject(value)) {
    const entries = Object.keys(value).sort();
    return `map[${entries.map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
  }
  const { type, value: held } = typed(value);
  return type === "fraction" ? goFraction(held) : String(held);
}

/** Formats a value as Go's `json.Marshal` does: sorted keys, HTML characters escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(goJsonValue(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function goJsonValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goJsonValue);
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, goJsonValue(value[key])]));
  }
  const known = typed(value);
  return known.type === "fraction" ? known.value : value;
}

/** Go switches to exponents earlier than JavaScript, and writes exponents with two digits. */
function goFraction(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
}
