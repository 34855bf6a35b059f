/** Control characters, and marks of the direction of writing, which a terminal would obey. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Escapes characters that a terminal would not show, or would obey, as `\u001b`. Line breaks and tabs stay. */
export function escapeInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    if (character === "\n" || character === "\t") return character;
    if (character === "\r") return "\\r";
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
