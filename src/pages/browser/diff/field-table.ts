import { type ComponentChild, h } from "preact";
import { LinesTable } from "../elements/aligned-lines.ts";
import type { Line } from "../elements/lines-data.ts";
import { linePieces } from "../elements/long-text.ts";
import { visibleText } from "../elements/visible-text.ts";
import type { PageField, PageFieldLines, PageSides } from "./data.ts";

type Side = keyof PageSides;

const SECRET_STATES = {
  added: { left: "absent", right: "a value, not shown" },
  removed: { left: "a value, not shown", right: "absent" },
  changed: { left: "changed, not shown", right: "changed, not shown" },
};

/** The fields that differ, side by side. */
export function FieldTable({
  fields,
  sides,
}: {
  fields: readonly PageField[];
  sides: PageSides;
}): ComponentChild {
  const title = (side: Side) => h("div", { class: `cell ${side}` }, visibleText(sides[side].label));
  return h(
    "div",
    { class: "fields" },
    h(
      "div",
      { class: "field head", "aria-hidden": "true" },
      h("div", { class: "path" }),
      title("left"),
      title("right"),
    ),
    fields.map((field) => h(FieldRow, { field, sides })),
  );
}

function FieldRow({ field, sides }: { field: PageField; sides: PageSides }): ComponentChild {
  if ("secret" in field) {
    const states = SECRET_STATES[field.secret];
    const masked = (side: Side) =>
      cell({ side, sides, kind: states[side] === "absent" ? "absent" : "masked" }, states[side]);
    return h("div", { class: "field secret" }, path(field), masked("left"), masked("right"));
  }
  if (field.lines.every((part) => !("both" in part) && part.left.length < 2 && part.right.length < 2)) {
    const [part] = field.lines;
    const { left, right } = part === undefined || "both" in part ? { left: [], right: [] } : part;
    const value = (side: Side, line: Line | undefined) =>
      line === undefined || (field.only ?? side) !== side
        ? cell({ side, sides, kind: "absent" }, "absent")
        : cell({ side, sides, kind: "value" }, h("bdi", {}, linePieces(line)));
    return h("div", { class: "field" }, path(field), value("left", left[0]), value("right", right[0]));
  }
  return h(
    "div",
    { class: "field long" },
    path(field, field.only === undefined ? undefined : sides[field.only].only),
    h(LinesTable, { lines: field.lines, only: field.only }),
    ending(field, sides),
  );
}

/** @param only what is said of a field that is on one side only. */
function path(field: PageField, only?: string): ComponentChild {
  const remarks = [
    "order" in field ? "in another order" : undefined,
    "byCluster" in field ? "written by the cluster itself" : undefined,
    only,
  ].filter((remark) => remark !== undefined);
  return h(
    "div",
    { class: "path" },
    breakable(field.path),
    remarks.map((remark) => h("span", { class: "remark" }, visibleText(remark))),
  );
}

function cell(
  { side, sides, kind }: { side: Side; sides: PageSides; kind: "absent" | "masked" | "value" },
  content: ComponentChild,
): ComponentChild {
  return h("div", { class: `cell ${side} ${kind}`, "data-side": sides[side].label }, content);
}

function ending({ open }: PageFieldLines, sides: PageSides): ComponentChild {
  if (open === undefined) return null;
  return h("p", { class: "ending" }, "No line feed at the end: ", visibleText(sides[open].label));
}

/** A path may break before each of its parts. */
function breakable(text: string): ComponentChild[] {
  return text
    .split(/(?=[.[/])/)
    .flatMap((part, index) => (index === 0 ? visibleText(part) : [h("wbr", {}), ...visibleText(part)]));
}
