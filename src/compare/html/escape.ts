/** Text from a cluster is untrusted: all of it passes through one of these functions into the page. */

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, marks of direction, look-alike spaces: characters that are invisible, or change how a text reads. */
const INVISIBLE = /(?![\t\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Escapes text for an element. Invisible characters are shown as U+202E. */
export function textHtml(text: string): string {
  return escapeHtml(text).replace(INVISIBLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `<span class="code">U+${code}</span>`;
  });
}

/** Escapes text for a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/**
 * Formats JSON for a script element of type application/json. Without `<`, no text can end the element or
 * begin a comment.
 */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
