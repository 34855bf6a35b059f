/** Text from a cluster is untrusted: all of it passes through one of these functions into the page. */

import { escapeInvisible, escapeObeyed, visibleJson } from "../words/visible.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for an element. Invisible characters are shown as U+202E. */
export function textHtml(text: string): string {
  return escapeInvisible(markupAsText(text), (character) =>
    /[\t\n]/.test(character)
      ? character
      : `<span class="code">U+${codeOf(character).padStart(4, "0")}</span>`,
  );
}

/** Escapes text for a quoted attribute. */
export function escapeHtml(text: string): string {
  return escapeObeyed(markupAsText(text), (character) => `&#x${codeOf(character)};`);
}

function markupAsText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
}

/**
 * Formats JSON for a script element of type application/json. Without `<`, no text can end the element or
 * begin a comment.
 */
export function escapeJson(value: unknown): string {
  return visibleJson(JSON.stringify(value)).replaceAll("<", "\\u003c");
}
