/**
 * Text that others wrote, such as names and messages of a cluster or an archive, for people to read. A terminal obeys
 * some characters: they move the cursor, rename the window, or turn the direction of writing. Others it does not show.
 * https://kubernetes.io/docs/reference/kubectl/ prints `^[` for escape characters in tables; here all such characters
 * are written in one form.
 */

/** What a terminal obeys, does not show, or shows as a space: all white space but the space itself among it. */
const INVISIBLE = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * What no document holds as it is. Spaces other than the space, selectors of emoji and the joiners that some scripts
 * need are harmless there, and texts of people hold them.
 */
const OBEYED =
  /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u115f\u1160\u3164\uffa0]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Makes a text one line in which all is visible: `\u001b`, `\n`, `\u{e0001}`. What is visible already stays as it is. */
export function visible(text: string): string {
  return escapeInvisible(text, escapeCharacter);
}

/** The same for a whole line: tabs stay, with which lines of texts begin. */
export function visibleLine(line: string): string {
  return escapeInvisible(line, (character) => (character === "\t" ? character : escapeCharacter(character)));
}

/** Replaces the same characters by what another medium shows for them. */
export function escapeInvisible(text: string, replacement: (character: string) => string): string {
  return text.replace(INVISIBLE, replacement);
}

/** Splits a text of several lines at the same characters, so that a page can set them off. Line feeds and tabs are visible. */
export function splitInvisible(text: string): { text: string; isVisible: boolean }[] {
  const parts: { text: string; isVisible: boolean }[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(INVISIBLE)) {
    if (character === "\n" || character === "\t") continue;
    if (index > end) parts.push({ text: text.slice(end, index), isVisible: true });
    parts.push({ text: character, isVisible: false });
    end = index + character.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), isVisible: true });
  return parts;
}

/** The same for a text of several lines: line feeds, tabs and what is harmless in a document stay. */
export function visibleDocument(text: string): string {
  return text.replace(OBEYED, escapeCharacter);
}

/** Escapes the same characters within a JSON document by JSON's own escapes: it means what it meant before. */
export function visibleJson(document: string): string {
  return escapeObeyed(document, escapeUnits);
}

/** Replaces the same characters by the escapes of another language. */
export function escapeObeyed(document: string, replacement: (character: string) => string): string {
  return document.replace(OBEYED, replacement);
}

/** Whether a document must escape something of the text. */
export function holdsObeyed(text: string): boolean {
  return text.search(OBEYED) >= 0;
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  return SHORT[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code}`);
}

/** `\udb40\udc01`: JSON has escapes of UTF-16 alone. */
function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
