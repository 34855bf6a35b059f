import { type ComponentChild, Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { PageSides } from "../diff/data.ts";
import { ObjectDetails } from "../diff/object-details.ts";
import { rowSummary } from "../diff/row-summary.ts";
import { CopyCommand } from "../elements/copy-command.ts";
import { visibleText } from "../elements/visible-text.ts";
import type { UiChange, UiEntry, UiHistory } from "./data.ts";
import { amount, clock } from "./pieces.ts";
import { hashOf } from "./route.ts";

const SIGNS = { create: "+", update: "~", delete: "−" } as const;
const CLASSES = { create: "added", update: "changed", delete: "removed" } as const;
const SIDES: PageSides = {
  left: { label: "before", only: "before" },
  right: { label: "after", only: "after" },
};

/** Changes, the latest first. */
export function History({ history, titled }: { history: UiHistory; titled: boolean }): ComponentChild {
  const { entries, earlier, since, until, notes } = history;
  const range = `From ${clock(since)} to ${clock(until)} UTC`;
  return h(
    Fragment,
    {},
    h(
      "p",
      { class: "range", role: "status" },
      entries.length === 0
        ? `${range}: nothing has changed.`
        : `${range}: ${amount(entries.length + earlier, "change")}.`,
      earlier > 0 && ` The latest ${entries.length} are shown; kube-backup log has the others.`,
    ),
    notes.map((note) => h("p", { class: "problem", key: note }, visibleText(note))),
    h(
      "ol",
      { class: "entries" },
      entries.map((entry, place) => h("li", { key: place }, h(Entry, { entry, titled }))),
    ),
  );
}

function Entry({ entry, titled }: { entry: UiEntry; titled: boolean }): ComponentChild {
  if ("gap" in entry)
    return h(
      "p",
      { class: "gap" },
      `Nothing was recorded from ${clock(entry.after)} to ${clock(entry.time)}: `,
      visibleText(entry.gap),
    );
  return h(Change, { change: entry, titled });
}

function Change({ change, titled }: { change: UiChange; titled: boolean }): ComponentChild {
  const [open, setOpen] = useState(false);
  const { operation, time, after, manager, details, restore } = change;
  const { resource, namespace, name, kind } = change.object;
  const what = operation === "update" ? rowSummary(details.fields) || "only who manages which fields" : "";
  return h(
    "article",
    { class: `object ${CLASSES[operation]}${open ? " open" : ""}` },
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "toggle", "aria-expanded": open, onClick: () => setOpen(!open) },
        h("span", { class: "sign", "aria-hidden": true }, SIGNS[operation]),
        h("span", { class: "when" }, after === undefined ? "" : "≤ ", clock(time)),
        h("span", { class: "spoken" }, ` ${operation} `),
        titled && h("span", { class: "kind" }, visibleText(kind)),
        titled &&
          h("bdi", { class: "name" }, visibleText(namespace === null ? name : `${namespace}/${name}`)),
        h("span", { class: "hint" }, visibleText(what)),
        manager !== null && h("span", { class: "manager" }, visibleText(manager)),
      ),
    ),
    open &&
      h(
        "div",
        { class: "body" },
        after !== undefined && h("p", { class: "about" }, `Between ${clock(after)} and ${clock(time)} UTC`),
        h(
          "p",
          { class: "about" },
          titled &&
            h(
              "a",
              {
                href: hashOf("object", { at: momentOf(change), resource, namespace: namespace ?? "", name }),
              },
              "Look at it",
            ),
        ),
        restore !== undefined && h(CopyCommand, { command: restore, title: "the restore command" }),
        h(ObjectDetails, { object: details, fields: details.fields, sides: SIDES }),
      ),
  );
}

/** When the object can be looked at: just before it went, or as the change left it. */
function momentOf({ operation, time, after }: UiChange): string {
  if (operation !== "delete") return time;
  return after ?? new Date(new Date(time).getTime() - 1).toISOString();
}
