import { type ComponentChild, h } from "preact";
import { useState } from "preact/hooks";
import { visibleText } from "../elements/visible-text.ts";
import { type Group, type Item, keyOf } from "./arrange.ts";
import { FieldTable } from "./field-table.ts";
import { shownFields } from "./object-details.ts";
import { changeSign, fullName, type ListContext, ObjectRow, room } from "./object-row.ts";
import { rowSummary } from "./row-summary.ts";
import { useRow } from "./use-row.ts";

/** Names in the row of a group; the others are counted. */
const MOST_NAMES = 3;
/** Objects of an open group that are shown at once. */
const AT_ONCE = 200;

/** Objects with equal changes as one row: the change once, and the objects below it. */
export function GroupRow({ group, context }: { group: Group; context: ListContext }): ComponentChild {
  const { items } = group;
  const key = keyOf(group);
  const { article, button, state, toggle } = useRow(context, key);
  const [most, setMost] = useState(AT_ONCE);
  const { object } = items[0];
  const fields = shownFields(object, context.isWithoutCluster);
  const isOpen = state !== "closed";
  const more = items.length - most;
  const count = items.length.toLocaleString("en-US");
  return h(
    "article",
    { ref: article, class: `group changed${isOpen ? " open" : ""}` },
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { ref: button, type: "button", class: "toggle", "aria-expanded": isOpen, onClick: toggle },
        changeSign("changed"),
        h("span", { class: "kind" }, visibleText(object.kind), h("span", { class: "count" }, ` ${count}`)),
        " ",
        h("bdi", { class: "name" }, visibleText(firstNames(items))),
        h("span", { class: "hint" }, visibleText(rowSummary(fields))),
      ),
    ),
    h(
      "div",
      { class: "body", hidden: !isOpen, style: { minHeight: room(state === "waiting", fields.length) } },
      state !== "open"
        ? null
        : [
            h("div", { class: "details" }, h(FieldTable, { fields, sides: context.sides })),
            h(
              "div",
              { class: "members" },
              items
                .slice(0, most)
                .map((item) => h(ObjectRow, { key: item.object.id, item, context, isMember: true })),
            ),
            more > 0
              ? h(
                  "button",
                  { type: "button", class: "more", onClick: () => setMost(most + 5 * AT_ONCE) },
                  `${more.toLocaleString("en-US")} objects more`,
                )
              : null,
          ],
    ),
    // The browser's own search finds all names, and opens the group.
    isOpen
      ? null
      : h(
          "p",
          { class: "names", hidden: "until-found", onbeforematch: () => context.states.set(key, "open") },
          visibleText(
            items
              .slice(MOST_NAMES)
              .map(({ object }) => fullName(object))
              .join(", "),
          ),
        ),
  );
}

function firstNames(items: readonly Item[]): string {
  const first = items
    .slice(0, MOST_NAMES)
    .map(({ object }) => fullName(object))
    .join(", ");
  const more = items.length - MOST_NAMES;
  return more > 0 ? `${first} and ${more.toLocaleString("en-US")} more` : first;
}
