export type Elements = ReturnType<typeof createElements>;

/** Makes elements; text goes in as text only. */
export function createElements(document: Document) {
  /** Characters that would not be seen, or would change how others are read: controls, marks of direction, spaces without width. */
  const hidden = /(?![\t\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;
  /** Longer stretches without a difference are cut short. */
  const longest = 4000;
  const ends = 400;

  function element(
    name: string,
    attributes: Record<string, string> = {},
    ...children: (HTMLElement | string)[]
  ): HTMLElement {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
  }

  /** Text in which nothing hides. */
  function visible(text: string): (HTMLElement | string)[] {
    const parts: (HTMLElement | string)[] = [];
    let end = 0;
    for (const match of text.matchAll(hidden)) {
      const [character] = match;
      if (match.index > end) parts.push(text.slice(end, match.index));
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      parts.push(element("span", { class: "code", title: "A character that cannot be seen" }, `U+${code}`));
      end = match.index + character.length;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  }

  /** The same, very long text being cut until the reader asks for it. */
  function value(text: string): (HTMLElement | string)[] {
    if (text.length <= longest) return visible(text);
    const cut = text.length - 2 * ends;
    const more = element(
      "button",
      { type: "button", class: "more" },
      `${cut.toLocaleString("en-US")} characters more`,
    );
    more.addEventListener("click", () => more.replaceWith(...visible(text.slice(ends, text.length - ends))));
    return [...visible(text.slice(0, ends)), more, ...visible(text.slice(text.length - ends))];
  }

  return { element, visible, value };
}
