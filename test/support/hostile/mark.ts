/** Text that would do something to a terminal, and what a terminal may get. */

import assert from "node:assert/strict";

/** Written as a line of its own by what lets line feeds through. */
const LINE = "FORGED LINE";

/** A color that the program itself uses, a window's title, a C1 sequence, a turned direction, line feeds, a tag. */
export const MARK = [
  "\u001b[31mEVIL\u001b]0;t\u0007\u009b2J\u202e\u200b\u0000\r",
  LINE,
  "\u2028\u{e0041}",
].join("\n");

/** What no output may hold, on whatever stream. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Styles of the program, where there are colors. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: styles are made of these.
const STYLES = /\u001b\[(?:1|2|22|31|32|33|36|39)m/g;

/**
 * Checks what a terminal gets.
 *
 * @param options.colors whether the program may use styles; then none of the mark's may be among them.
 * @param options.lines whether the output is lines for people, among which the mark has none of its own.
 */
export function assertHarmless(
  text: string,
  { colors = false, lines = true, what = "" }: { colors?: boolean; lines?: boolean; what?: string },
): void {
  const show = () => `${what}: ${JSON.stringify(text.slice(0, 4000))}`;
  assert.ok(!text.includes("\u001b[31mEVIL"), show());
  const plain = colors ? text.replace(STYLES, "") : text;
  assert.ok(!OBEYED.test(plain), show());
  if (lines) assert.ok(!plain.split("\n").some((line) => line.trim().startsWith(LINE)), show());
}

/** The places of texts in a value: values, and the names of members in objects that are maps. */
export function placesOf(value: unknown, path: readonly (string | number)[] = []): Place[] {
  if (typeof value === "string") return [{ path, kind: "value" }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const inside = [...path, Array.isArray(value) ? Number(key) : key];
    const within = placesOf(member, inside);
    return Array.isArray(value) ? within : [...within, { path: inside, kind: "name" as const }];
  });
}

/** A place of a text in a value. */
export interface Place {
  path: readonly (string | number)[];
  kind: "value" | "name";
}

/** The value with the mark at a place: after the text that is there, so that what begins right stays so. */
export function marked<T>(value: T, { path, kind }: Place, mark = MARK): T {
  const [step, ...rest] = path;
  if (step === undefined) return `${value}${mark}` as T;
  const place = { path: rest, kind };
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === step ? marked(each, place, mark) : each)) as T;
  }
  const entries = Object.entries(value as object).map(([key, member]) => {
    if (key !== step) return [key, member];
    return kind === "name" && rest.length === 0
      ? [`${key}${mark}`, member]
      : [key, marked(member, place, mark)];
  });
  return Object.fromEntries(entries) as T;
}
