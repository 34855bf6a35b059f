import { type ComponentChild, h } from "preact";
import { splitInvisible } from "../../../words/visible.ts";

/** Text that others wrote, in which nothing hides: characters that cannot be seen are shown as U+202E. Line feeds and tabs stay. */
export function visibleText(text: string): ComponentChild[] {
  return splitInvisible(text).map((part) =>
    part.isVisible
      ? part.text
      : h("span", { class: "code", title: "A character that cannot be seen" }, codePoint(part.text)),
  );
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
