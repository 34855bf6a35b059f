import type { Details } from "./details.ts";
import type { Elements } from "./elements.ts";
import type { Item } from "./model.ts";

export type Rows = ReturnType<typeof createRows>;

/** The rows of objects, each made when it is first shown. */
export function createRows(
  window: Window & typeof globalThis,
  { element, visible }: Elements,
  { details }: Details,
) {
  const rows = new Map<Item, { row: HTMLElement; button: HTMLElement; body: HTMLElement; built: boolean }>();
  const items = new WeakMap<object, Item>();

  const near = new window.IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const item = items.get(target);
        if (!isIntersecting || item === undefined) continue;
        near.unobserve(target);
        if (item.open) build(item);
      }
    },
    { rootMargin: "600px" },
  );

  /** The row of an object and the button in it. */
  function rowOf(item: Item) {
    const known = rows.get(item);
    if (known !== undefined) return known;
    const { object } = item;
    const sign = { added: "+", changed: "~", removed: "−" }[object.change];
    const button = element(
      "button",
      { type: "button", class: "toggle", "aria-expanded": "false" },
      element(
        "span",
        { class: "sign", title: object.change },
        element("span", { "aria-hidden": "true" }, sign),
      ),
      element("span", { class: "spoken" }, `${object.change} `),
      element("span", { class: "kind" }, ...visible(object.kind)),
      " ",
      element("bdi", { class: "name" }, ...visible(object.name)),
      element("span", { class: "hint" }, ...hint(item)),
    );
    const link = element("a", { class: "link", href: `#${object.id}`, tabindex: "-1" }, "#");
    link.setAttribute("aria-label", `Link to ${object.kind} ${object.name}`);
    const body = element("div", { class: "body" });
    body.hidden = true;
    const row = element(
      "article",
      { class: `object ${object.change}` },
      element("div", { class: "row" }, button, link),
      body,
    );
    const made = { row, button, body, built: false };
    rows.set(item, made);
    items.set(row, item);
    button.addEventListener("click", () => setOpen(item, !item.open));
    if (item.open) setOpen(item, true, "when near");
    return made;
  }

  /** The fields that differ, as far as they fit. */
  function hint({ object: { change, fields, follows } }: Item): (HTMLElement | string)[] {
    if (change === "changed") {
      const more = fields.length > 3 ? [`, ${fields.length - 3} more`] : [];
      const paths = fields.slice(0, 3).map(({ path }) => path);
      return [...visible(paths.join(", ")), ...more];
    }
    return follows === undefined ? [] : visible(`follows ${follows.kind} ${follows.name}`);
  }

  function build(item: Item): void {
    const made = rows.get(item);
    if (made === undefined || made.built) return;
    made.built = true;
    made.body.style["minHeight"] = "";
    made.body.append(details(item));
  }

  /** Unfolds or folds an object; `when near` leaves the work until the reader comes to it. */
  function setOpen(item: Item, open: boolean, when: "at once" | "when near" = "at once"): void {
    item.open = open;
    const made = rows.get(item);
    if (made === undefined) return;
    made.button.setAttribute("aria-expanded", String(open));
    made.row.classList.toggle("open", open);
    made.body.hidden = !open;
    if (!open || made.built) return;
    if (when === "at once") {
      build(item);
      return;
    }
    made.body.style["minHeight"] = `${80 + 32 * item.object.fields.length}px`;
    near.observe(made.row);
  }

  /** Shows what is in all unfolded objects at once, as for printing. */
  function buildOpen(): void {
    for (const item of rows.keys()) if (item.open) build(item);
  }

  return { rowOf, setOpen, buildOpen, itemOf: (row: HTMLElement) => items.get(row) };
}
