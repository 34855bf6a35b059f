/** What comes from a cluster is hostile text: every way into the page passes through one of these. */

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Controls, marks of direction, spaces that look like others: what is not seen, or changes how the rest is read. */
const HIDDEN = /(?![\t\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Text as an element shows it: what would not be seen stands there as U+202E. */
export function textHtml(text: string): string {
  return escapeHtml(text).replace(HIDDEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `<span class="code">U+${code}</span>`;
  });
}

/** Text as it may stand in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/**
 * JSON as it may stand in a script element of type application/json: without `<`, nothing in it can
 * end the element or begin a comment.
 */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
