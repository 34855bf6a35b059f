import { type ComponentChild, h } from "preact";
import { visibleText } from "../elements/visible-text.ts";
import { type Filter, isEmpty } from "./filter.ts";
import type { Shown } from "./model.ts";

const CHANGES = ["all", "changed", "removed", "added"] as const;

/** What the reader can do with the list. */
export interface Actions {
  /** Text was typed: the search begins after a pause. */
  type(text: string): void;
  change(change: Partial<Filter>): void;
  reset(): void;
  setAll(isOpen: boolean): void;
  showKeys(): void;
}

/** @param byCluster how many objects have something that the cluster wrote itself. */
export interface ToolbarProps {
  text: string;
  filter: Filter;
  shown: Shown;
  all: number;
  byCluster: number;
  actions: Actions;
}

/** The search and the filters of the list, with their counts. */
export function Toolbar({ text, filter, shown, all, byCluster, actions }: ToolbarProps): ComponentChild {
  return h(
    "div",
    { class: "toolbar", role: "search" },
    h("input", {
      ...{ type: "search", id: "search", placeholder: "Search names, kinds, fields, values" },
      ...{ "aria-label": "Search", "aria-keyshortcuts": "/", autocomplete: "off", spellcheck: false },
      value: text,
      onInput: ({ currentTarget }) => actions.type(currentTarget.value),
    }),
    h(
      "div",
      { class: "changes", role: "group", "aria-label": "Kind of change" },
      CHANGES.map((change) => changeButton(change, filter, shown, actions)),
    ),
    h("span", { class: "spacer" }),
    button("unfold", "Unfold all", () => actions.setAll(true)),
    button("fold", "Fold all", () => actions.setAll(false)),
    h(
      "button",
      { type: "button", id: "help", "aria-label": "Keys", title: "Keys", onClick: actions.showKeys },
      "?",
    ),
    h(
      "div",
      { class: "status" },
      h("span", { id: "status", role: "status" }, visibleText(statusText(filter, shown, all))),
      h(
        "button",
        { type: "button", id: "clear", hidden: isEmpty(filter), onClick: actions.reset },
        "Clear filter",
      ),
      byCluster === 0 ? null : clusterSwitch(byCluster, filter, actions),
    ),
  );
}

function changeButton(
  change: (typeof CHANGES)[number],
  filter: Filter,
  { counts }: Shown,
  actions: Actions,
): ComponentChild {
  const isOn = change === (filter.change ?? "all");
  const wanted = change === "all" || isOn ? undefined : change;
  return h(
    "button",
    {
      ...{ type: "button", class: `change ${change}`, "aria-pressed": isOn },
      onClick: () => actions.change({ change: wanted }),
    },
    `${change.charAt(0).toUpperCase()}${change.slice(1)} `,
    h("span", { class: "count" }, (counts[change] ?? 0).toLocaleString("en-US")),
  );
}

function clusterSwitch(byCluster: number, { isWithoutCluster }: Filter, actions: Actions): ComponentChild {
  return h(
    "label",
    {
      class: "switch",
      title: "Revisions and their ReplicaSets, and fields that the cluster writes by itself",
    },
    h("input", {
      type: "checkbox",
      id: "by-cluster",
      checked: isWithoutCluster !== true,
      onChange: ({ currentTarget }) =>
        actions.change({ isWithoutCluster: currentTarget.checked ? undefined : true }),
    }),
    "Written by the cluster itself ",
    h("span", { class: "count" }, byCluster.toLocaleString("en-US")),
  );
}

function button(id: string, text: string, onClick: () => void): ComponentChild {
  return h("button", { type: "button", id, onClick }, text);
}

function statusText({ namespace, resource }: Filter, { items }: Shown, all: number): string {
  const number = (count: number) => count.toLocaleString("en-US");
  if (items.length === all) return `${number(all)} ${all === 1 ? "object" : "objects"}`;
  const place = namespace === undefined ? "" : namespace === null ? ", cluster-scoped" : ` in ${namespace}`;
  return `${number(items.length)} of ${number(all)} objects${place}${resource === undefined ? "" : `, ${resource}`}`;
}
