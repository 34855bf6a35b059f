import { type ComponentChild, h } from "preact";
import { visibleText } from "../elements/visible-text.ts";
import type { Item } from "./arrange.ts";
import type { PageField, PageObject, PageSides } from "./data.ts";
import { ObjectDetails, shownFields } from "./object-details.ts";
import { rowSummary } from "./row-summary.ts";
import { type RowContext, useRow } from "./use-row.ts";

const SIGNS = { added: "+", changed: "~", removed: "−" };

/** What the list is drawn with. */
export interface ListContext extends RowContext {
  sides: PageSides;
  isWithoutCluster: boolean;
}

/**
 * An object as a row, and what differs in it where the row is open.
 *
 * @param isMember the row is below the one of a group, which says what differs.
 */
export function ObjectRow({
  item: { object },
  context,
  isMember = false,
}: {
  item: Item;
  context: ListContext;
  isMember?: boolean;
}): ComponentChild {
  const { article, button, state, toggle } = useRow(context, object.id);
  const { change, kind, name, id } = object;
  const fields = shownFields(object, context.isWithoutCluster);
  const isOpen = state !== "closed";
  return h(
    "article",
    { ref: article, class: `object ${change}${isOpen ? " open" : ""}` },
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { ref: button, type: "button", class: "toggle", "aria-expanded": isOpen, onClick: toggle },
        changeSign(change),
        h("span", { class: "kind" }, visibleText(kind)),
        " ",
        h("bdi", { class: "name" }, visibleText(isMember ? fullName(object) : name)),
        h("span", { class: "hint" }, isMember ? [] : hint(object, fields)),
      ),
      h("a", { class: "link", href: `#${id}`, tabIndex: -1, "aria-label": `Link to ${kind} ${name}` }, "#"),
    ),
    h(
      "div",
      // Room for what is in it, so that the page does not jump when the reader comes near.
      { class: "body", hidden: !isOpen, style: { minHeight: room(state === "waiting", fields.length) } },
      state === "open" ? h(ObjectDetails, { object, fields, sides: context.sides }) : null,
    ),
  );
}

/** The sign of a change, and the word for who does not see it. */
export function changeSign(change: keyof typeof SIGNS): ComponentChild[] {
  return [
    h("span", { class: "sign", title: change }, h("span", { "aria-hidden": "true" }, SIGNS[change])),
    h("span", { class: "spoken" }, `${change} `),
  ];
}

/** `shop/web`. */
export function fullName({ namespace, name }: Pick<PageObject, "namespace" | "name">): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

/** The height of the details of a row that waits, for CSS. */
export function room(isWaiting: boolean, fields: number): string {
  return isWaiting ? `${80 + 32 * fields}px` : "";
}

function hint({ change, follows }: Item["object"], fields: readonly PageField[]): ComponentChild[] {
  if (change === "changed") return visibleText(rowSummary(fields));
  return follows === undefined ? [] : visibleText(`follows ${follows.kind} ${follows.name}`);
}
