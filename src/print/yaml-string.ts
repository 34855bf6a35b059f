/**
 * How a text is written in YAML so that every reader takes it for that text.
 *
 * kubectl reads YAML 1.1, most other programs 1.2, and each has texts that it takes for something else:
 * `on`, `0o7`, `0777`, `1_000`, `12:34:56`, `.inf`, `~`, `2026-01-31`, `<<`, `=`. Instead of a list of
 * them there is one of what is harmless to all; the rest goes between quotes.
 */

/** A text's form: as it is, between quotes, or as a block of lines. */
export type StringStyle = "plain" | "quoted" | "literal";

/**
 * Begins with a letter or a slash, goes on with what means nothing in YAML, colons only before something
 * and never `#`. What begins with a digit is not among it, but for {@link HARMLESS_NUMBERED}.
 */
const HARMLESS = /^[A-Za-z/](?:[-A-Za-z0-9 _./+@()=;,<>'"$%^~?|!&*]|:(?=[^\s:]))*$/;

/** Quantities, images' digests and such: a digit, a letter that is in no number, and no sign of one. */
const HARMLESS_NUMBERED = /^[0-9]+(?:m|Mi|Gi|Ki|Ti|%)$/;

/** Words that are true, false, null, infinite or no number somewhere, in any case of letters. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nil|nan|inf)$/i;

/** What is not itself in a block: control characters, other line breaks and what Unicode forbids. */
const NOT_PRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/u;

/** Lines of a block may begin with spaces, but the first: it says how far the block is indented. */
const NO_BLOCK = /^[ \t\n]|[ \t](?:\n|$)|\n\n$/;

/**
 * Chooses a text's form.
 *
 * @param key whether it is the key of a map, which has no lines.
 */
export function stringStyle(text: string, { key = false }: { key?: boolean } = {}): StringStyle {
  if (text.includes("\n")) {
    return key || NO_BLOCK.test(text) || NOT_PRINTABLE.test(text) ? "quoted" : "literal";
  }
  if (HARMLESS_NUMBERED.test(text)) return "plain";
  return HARMLESS.test(text) && !WORDS.test(text) && !text.endsWith(" ") && !text.endsWith(":")
    ? "plain"
    : "quoted";
}

/** A text between double quotes: as in JSON, with everything escaped that is not printable. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text of several lines as a block; what it is in is indented by `indent`. */
export function literal(text: string, indent: string): string {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n");
  return `|${ends ? "" : "-"}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}
