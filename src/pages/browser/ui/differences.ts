/** What differs in an object, as the diff page shows it. */

import { type ComponentChild, h } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PageObject } from "../diff/data.ts";
import { createDetails } from "../diff/details.ts";
import { createElements } from "../diff/elements.ts";
import { createLines } from "../diff/text-lines.ts";

/** The fields that differ, or the whole object where one side has it alone. */
export function Differences({
  object,
  sides,
}: {
  object: PageObject;
  sides: { left: string; right: string };
}): ComponentChild {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const elements = createElements(document);
    const { details } = createDetails(elements, createLines(elements, sides), sides);
    place.current?.replaceChildren(details({ object }));
  }, [object, sides.left, sides.right]);
  return h("div", { ref: place });
}

/** What differs, in a few words: the first fields with their values where these are short. */
export function summaryOf({ fields }: PageObject): string {
  const words = fields.slice(0, 3).map((field) => {
    if (!("lines" in field)) return field.path;
    const [left, right] = field.lines.flatMap((lines) =>
      "both" in lines ? [] : [oneLine(lines.left), oneLine(lines.right)],
    );
    const short = field.path.replace(/^(?:spec|metadata|data|status)\./, "").replace(/^.*\./, "");
    if (left === undefined || right === undefined || field.lines.length > 1) return field.path;
    return `${short} ${left === "" ? "∅" : left} → ${right === "" ? "∅" : right}`;
  });
  const more = fields.length > 3 ? [`${fields.length - 3} more`] : [];
  return [...words, ...more].join(", ");
}

/** The text of one short line; undefined where there are more. */
function oneLine(lines: readonly (string | string[])[]): string | undefined {
  if (lines.length > 1) return undefined;
  const [line = ""] = lines;
  const text = typeof line === "string" ? line : line.join("");
  return text.length <= 32 ? text : undefined;
}
