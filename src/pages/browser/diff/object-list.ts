import { type ComponentChild, h } from "preact";
import { useMemo } from "preact/hooks";
import { visibleText } from "../elements/visible-text.ts";
import { type Entry, keyOf, type Section } from "./arrange.ts";
import { GroupRow } from "./group-row.ts";
import { type ListContext, ObjectRow } from "./object-row.ts";

/** Entries of a block, which the browser lays out when it comes near. */
const BLOCK_SIZE = 40;
/** The height of a closed row, in pixels. */
const ROW_HEIGHT = 37;

/** A section of the list in blocks; each block is drawn once, and stays as it is until there is another list. */
export interface SectionBlocks {
  section: Section;
  blocks: readonly (readonly Entry[])[];
}

export function inBlocks(sections: readonly Section[]): SectionBlocks[] {
  return sections.map((section) => {
    const count = Math.ceil(section.entries.length / BLOCK_SIZE);
    const blocks = Array.from({ length: count }, (_, index) =>
      section.entries.slice(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE),
    );
    return { section, blocks };
  });
}

/** The first blocks of the list. */
export function ObjectList({
  sections,
  most,
  context,
}: {
  sections: readonly SectionBlocks[];
  most: number;
  context: ListContext;
}): ComponentChild {
  if (sections.length === 0) return h("p", { class: "nothing" }, "No object matches.");
  let left = most;
  return sections.flatMap(({ section, blocks }) => {
    if (left <= 0) return [];
    const shown = blocks.slice(0, left);
    left -= shown.length;
    return [
      h(
        "section",
        { key: titleKey(section), class: "namespace" },
        h(
          "h2",
          {},
          sectionTitle(section),
          h("span", { class: "count" }, section.count.toLocaleString("en-US")),
        ),
        shown.map((entries, index) => h(Block, { key: index, entries, context })),
      ),
    ];
  });
}

/** The same elements for the same entries are not compared again. */
function Block({ entries, context }: { entries: readonly Entry[]; context: ListContext }): ComponentChild {
  return useMemo(() => {
    const style = { containIntrinsicSize: `auto ${entries.length * ROW_HEIGHT}px` };
    return h("div", { class: "block", style }, entries.map(drawEntry(context)));
  }, [entries]);
}

function drawEntry(context: ListContext): (entry: Entry) => ComponentChild {
  const draw = (entry: Entry): ComponentChild => {
    const key = keyOf(entry);
    if ("equal" in entry) return h(GroupRow, { key, group: entry, context });
    const row = h(ObjectRow, { key, item: entry.item, context });
    if (entry.below.length === 0) return row;
    return [row, h("div", { key: `below ${key}`, class: "below" }, entry.below.map(draw))];
  };
  return draw;
}

function titleKey({ title }: Section): string {
  return title === "equal" ? "=" : `namespace ${title.namespace ?? ""}`;
}

function sectionTitle({ title }: Section): ComponentChild {
  if (title === "equal") return "The same change in several objects";
  if (title.namespace === null) return h("i", {}, "cluster-scoped");
  return h("bdi", {}, visibleText(title.namespace));
}
