/** Controls, and marks that turn the direction of writing: on a terminal they would do what they stand for. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with everything that a terminal would not show, or would obey, as `\u001b`. Line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    if (character === "\n" || character === "\t") return character;
    if (character === "\r") return "\\r";
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
