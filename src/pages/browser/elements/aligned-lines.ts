/** Two texts of several lines as a table of two columns, one line beside the other. */

import { type ComponentChild, Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { AlignedLines, Line } from "./lines-data.ts";
import { linePieces } from "./long-text.ts";

/** Lines that are alike and stay visible around those that differ. */
const CONTEXT = 3;
/** Fewer lines that are alike are not folded. */
const MIN_FOLDED = 4;

type Side = "left" | "right";
type Numbers = Record<Side, number>;

/** @param only the only side that has a text. */
export function LinesTable({
  lines,
  only,
}: {
  lines: readonly AlignedLines[];
  only?: Side | undefined;
}): ComponentChild {
  const sides = (["left", "right"] as const).filter((side) => only === undefined || only === side);
  const numbers: Numbers = { left: 0, right: 0 };
  const rows = lines.flatMap((part, index) => {
    const from = { ...numbers };
    if ("both" in part) {
      numbers.left += part.both.length;
      numbers.right += part.both.length;
      return alike(part.both, { from, sides, isFirst: index === 0, isLast: index === lines.length - 1 });
    }
    numbers.left += part.left.length;
    numbers.right += part.right.length;
    const count = Math.max(part.left.length, part.right.length);
    return Array.from({ length: count }, (_, place) =>
      sides.map((side) =>
        lineCell(side, part[side][place], { number: from[side] + place + 1, differs: true }),
      ),
    );
  });
  return h("div", { class: `lines${only === undefined ? "" : ` only-${only}`}` }, rows);
}

function alike(
  texts: readonly string[],
  {
    from,
    sides,
    isFirst,
    isLast,
  }: { from: Numbers; sides: readonly Side[]; isFirst: boolean; isLast: boolean },
): ComponentChild[] {
  const [before, after] = [isFirst ? 0 : CONTEXT, isLast ? 0 : CONTEXT];
  const end = texts.length - after;
  if (end - before < MIN_FOLDED) return bothSides(texts, from, sides);
  const shifted = (by: number) => ({ left: from.left + by, right: from.right + by });
  return [
    ...bothSides(texts.slice(0, before), from, sides),
    h(Folded, { texts: texts.slice(before, end), from: shifted(before), sides }),
    ...bothSides(texts.slice(end), shifted(end), sides),
  ];
}

/** Lines that are alike, shown when the reader asks for them. */
function Folded({
  texts,
  from,
  sides,
}: {
  texts: readonly string[];
  from: Numbers;
  sides: readonly Side[];
}): ComponentChild {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return h(Fragment, {}, bothSides(texts, from, sides));
  return h(
    "button",
    { type: "button", class: "folded", onClick: () => setOpen(true) },
    `${texts.length} lines alike`,
  );
}

function bothSides(texts: readonly string[], from: Numbers, sides: readonly Side[]): ComponentChild[] {
  return texts.flatMap((text, index) =>
    sides.map((side) => lineCell(side, text, { number: from[side] + index + 1, differs: false })),
  );
}

function lineCell(
  side: Side,
  line: Line | undefined,
  { number, differs }: { number: number; differs: boolean },
): ComponentChild {
  if (line === undefined) return h("div", { class: `line ${side} none` });
  return h(
    "div",
    { class: `line ${side}${differs ? " differs" : ""}`, "data-line": String(number) },
    h("span", { class: "text" }, linePieces(line)),
  );
}
