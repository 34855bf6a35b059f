/**
 * How to write a string in YAML so that every parser reads the same string.
 *
 * kubectl reads YAML 1.1, most other programs YAML 1.2. Each version interprets some plain scalars as other types:
 * `on`, `0o7`, `0777`, `1_000`, `12:34:56`, `.inf`, `~`, `2026-01-31`, `<<`, `=`. This file lists the safe strings,
 * not the ambiguous ones. Every other string is quoted.
 */

import { escapeObeyed, holdsObeyed } from "../words/visible.ts";

/** The style of a scalar: plain, double-quoted, or a literal block. */
export type StringStyle = "plain" | "quoted" | "literal";

/**
 * Starts with a letter or a slash. Contains no character that means something in YAML at its position: colons only
 * before a character, and never `#`. Strings that start with a digit are excluded, except for {@link
 * SAFE_QUANTITY}.
 */
const SAFE_PLAIN = /^[A-Za-z/](?:[-A-Za-z0-9 _./+@()=;,<>'"$%^~?|!&*]|:(?=[^\s:]))*$/;

/** Quantities and percentages: digits with a suffix that no number has. */
const SAFE_QUANTITY = /^[0-9]+(?:m|Mi|Gi|Ki|Ti|%)$/;

/** Words that some YAML version reads as a boolean, null, infinity or NaN, in any case. */
const AMBIGUOUS_WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nil|nan|inf)$/i;

/** The first line of a literal block must not start with a space: it determines the indentation. */
const NOT_IN_BLOCK = /^[ \t\n]|[ \t](?:\n|$)|\n\n$/;

/**
 * Chooses the style of a string.
 *
 * @param key whether the string is a key of a map, which cannot span lines.
 */
export function stringStyle(text: string, { key = false }: { key?: boolean } = {}): StringStyle {
  if (text.includes("\n")) {
    return key || NOT_IN_BLOCK.test(text) || holdsObeyed(text) ? "quoted" : "literal";
  }
  if (SAFE_QUANTITY.test(text)) return "plain";
  return SAFE_PLAIN.test(text) && !AMBIGUOUS_WORDS.test(text) && !text.endsWith(" ") && !text.endsWith(":")
    ? "plain"
    : "quoted";
}

/** Double-quotes a string, as JSON does, and escapes every character that is not printable or that a terminal obeys. */
export function quoted(text: string): string {
  return escapeObeyed(JSON.stringify(text), (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** Formats a multi-line string as a literal block. `indent` is the indentation of the lines. */
export function literal(text: string, indent: string): string {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n");
  return `|${ends ? "" : "-"}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}
