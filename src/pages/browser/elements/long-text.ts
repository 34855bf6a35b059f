import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import type { Line } from "./lines-data.ts";
import { visibleText } from "./visible-text.ts";

/** Longer stretches without a difference are cut short, to their ends. */
const LONGEST = 4000;
const ENDS = 400;

/** Text in which nothing hides; very long text is cut until the reader asks for it. */
export function LongText({ text }: { text: string }): ComponentChild {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= LONGEST || isWhole) return visibleText(text);
  const cut = text.length - 2 * ENDS;
  const more = h(
    "button",
    { type: "button", class: "more", onClick: () => setWhole(true) },
    `${cut.toLocaleString("en-US")} characters more`,
  );
  return [...visibleText(text.slice(0, ENDS)), more, ...visibleText(text.slice(text.length - ENDS))];
}

/** A line with what differs in it marked. */
export function linePieces(line: Line): ComponentChild[] {
  if (typeof line === "string") return [h(LongText, { text: line })];
  return line.flatMap((text, index) => {
    if (text === "") return [];
    const piece = h(LongText, { text });
    return [index % 2 === 0 ? piece : h("mark", {}, piece)];
  });
}
