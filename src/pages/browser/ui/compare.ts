import { type ComponentChild, Fragment, h } from "preact";
import { useState } from "preact/hooks";
import type { PageObject } from "../diff/data.ts";
import { ObjectDetails } from "../diff/object-details.ts";
import { rowSummary } from "../diff/row-summary.ts";
import { visibleText } from "../elements/visible-text.ts";
import { useAnswer } from "./ask.ts";
import type { UiComparison, UiTimeline } from "./data.ts";
import { amount, Commands, shown } from "./pieces.ts";
import { hashOf } from "./route.ts";

/** Any two moments compared. */
export function Compare({
  parameters,
  timeline,
}: {
  parameters: Readonly<Record<string, string>>;
  timeline: UiTimeline;
}): ComponentChild {
  const { from, to, namespace = "" } = parameters;
  const isReady = from !== undefined && to !== undefined;
  const asked = useAnswer<UiComparison>("compare", isReady ? { from, to, namespace } : undefined);
  return h(
    Fragment,
    {},
    h(Form, { key: JSON.stringify(parameters), parameters, timeline }),
    isReady && shown(asked, "Comparing…", (comparison) => h(Result, { comparison })),
  );
}

function Form({
  parameters,
  timeline: { backups, cluster },
}: {
  parameters: Readonly<Record<string, string>>;
  timeline: UiTimeline;
}): ComponentChild {
  const [newest, before] = backups;
  const [from, setFrom] = useState(parameters["from"] ?? (cluster ? newest?.name : before?.name) ?? "");
  const [to, setTo] = useState(parameters["to"] ?? (cluster ? "cluster" : newest?.name) ?? "");
  const [namespace, setNamespace] = useState(parameters["namespace"] ?? "");
  const go = (event: Event) => {
    event.preventDefault();
    window.location.hash = hashOf("compare", {
      from: from.trim(),
      to: to.trim(),
      namespace: namespace.trim(),
    });
  };
  const field = (
    id: string,
    title: string,
    value: string,
    set: (text: string) => void,
    placeholder: string,
  ) =>
    h(
      "span",
      { class: "field-of-form" },
      h("label", { for: id }, title),
      h("input", {
        ...{ id, value, placeholder, type: "text", autocomplete: "off" },
        list: id === "namespace" ? undefined : "moments",
        onInput: (event) => set(event.currentTarget.value),
      }),
    );
  return h(
    "form",
    { class: "bar compare-form", onSubmit: go },
    field("from", "From", from, setFrom, "a backup, or a time"),
    field("to", "to", to, setTo, "a backup, a time, or cluster"),
    field("namespace", "in the namespace", namespace, setNamespace, "all"),
    h("button", { type: "submit" }, "Compare"),
    h(
      "datalist",
      { id: "moments" },
      cluster && h("option", { value: "cluster" }),
      backups.slice(0, 200).map(({ name }) => h("option", { key: name, value: name })),
    ),
  );
}

function Result({ comparison }: { comparison: UiComparison }): ComponentChild {
  const { summary, objects, more, notes, sides, commands } = comparison;
  const { added, changed, removed, alike } = summary;
  const sections = Map.groupBy(objects, ({ namespace }) => namespace);
  return h(
    Fragment,
    {},
    h(
      "h1",
      { class: "counts", role: "status" },
      added + changed + removed === 0
        ? "Nothing differs"
        : [
            h("span", { class: "changed" }, `${changed.toLocaleString("en-US")} changed`),
            ", ",
            h("span", { class: "added" }, `${added.toLocaleString("en-US")} added`),
            ", ",
            h("span", { class: "removed" }, `${removed.toLocaleString("en-US")} removed`),
          ],
    ),
    h(
      "p",
      { class: "about" },
      visibleText(`${sides.left.label} → ${sides.right.label}; `),
      `${amount(alike, "object")} alike`,
    ),
    notes.length > 0 &&
      h(
        "ul",
        { class: "notes" },
        notes.map((note) => h("li", { key: note }, visibleText(note))),
      ),
    [...sections].map(([namespace, those]) =>
      h(
        "section",
        { key: namespace ?? "", class: "namespace" },
        h(
          "h2",
          {},
          namespace === null ? h("i", {}, "cluster-scoped") : h("bdi", {}, visibleText(namespace)),
          h("span", { class: "count" }, ` ${those.length}`),
        ),
        h(
          "div",
          { class: "block" },
          those.map((object) => h(Row, { key: object.id, object, sides })),
        ),
      ),
    ),
    more > 0 && h("p", { class: "about" }, `${amount(more, "more object")}: choose a namespace.`),
    h(Commands, { commands, title: "On a terminal" }),
  );
}

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

function Row({ object, sides }: { object: PageObject; sides: UiComparison["sides"] }): ComponentChild {
  const [open, setOpen] = useState(false);
  const { change, kind, name, follows } = object;
  const hint =
    change === "changed"
      ? rowSummary(object.fields)
      : follows === undefined
        ? ""
        : `follows ${follows.kind} ${follows.name}`;
  return h(
    "article",
    { class: `object ${change}${open ? " open" : ""}` },
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "toggle", "aria-expanded": open, onClick: () => setOpen(!open) },
        h("span", { class: "sign", "aria-hidden": true }, SIGNS[change]),
        h("span", { class: "spoken" }, `${change} `),
        h("span", { class: "kind" }, visibleText(kind)),
        h("bdi", { class: "name" }, visibleText(name)),
        h("span", { class: "hint" }, visibleText(hint)),
      ),
    ),
    open && h("div", { class: "body" }, h(ObjectDetails, { object, fields: object.fields, sides })),
  );
}
