import { type ComponentChild, Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CopyCommand } from "../elements/copy-command.ts";
import { visibleText } from "../elements/visible-text.ts";
import { type Asked, ask, useAnswer } from "./ask.ts";
import type { UiMoment, UiObjectName, UiTree } from "./data.ts";
import { amount, clock, shown } from "./pieces.ts";
import { hashOf } from "./route.ts";

/** How long typing may pause before a search begins, in milliseconds. */
const PAUSE = 150;

/** The namespaces, kinds and objects of a moment, and a search in them. */
export function Objects({ at, q = "" }: { at: string; q?: string | undefined }): ComponentChild {
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed === q) return undefined;
    const timer = setTimeout(() => window.location.replace(hashOf("objects", { at, q: typed })), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, q, at]);
  const words = q.trim() === "" ? undefined : q;
  const asked = useAnswer<UiTree>("tree", { at, q: words });
  return h(
    Fragment,
    {},
    h(
      "div",
      { class: "bar" },
      h("input", {
        id: "search",
        type: "search",
        value: typed,
        autocomplete: "off",
        "aria-label": "Search kinds, namespaces and names",
        placeholder: "Search kinds, namespaces and names  ( / )",
        onInput: (event) => setTyped(event.currentTarget.value),
      }),
    ),
    shown(asked, words === undefined ? "Opening…" : "Searching…", (tree) =>
      h(
        Fragment,
        {},
        h(MomentLine, { moment: tree.moment, total: tree.total, found: words !== undefined }),
        words === undefined
          ? h(Namespaces, { tree, at: tree.moment.at })
          : h(Names, { key: q, at: tree.moment.at, first: tree, parameters: { q }, whole: true }),
      ),
    ),
  );
}

function MomentLine({
  moment,
  total,
  found,
}: {
  moment: UiMoment;
  total: number;
  found: boolean;
}): ComponentChild {
  const { title, time, at, restore } = moment;
  return h(
    "div",
    { class: "moment" },
    h(
      "p",
      { role: "status" },
      h("strong", {}, visibleText(title)),
      ` of ${clock(time)} UTC: ${amount(total, "object")}${found ? " found" : ""}. `,
      at !== "cluster" &&
        h("a", { href: hashOf("compare", { from: at, to: "latest" }) }, "Compare with the newest"),
    ),
    restore !== undefined &&
      !found &&
      h(
        "details",
        {},
        h("summary", {}, "Restore all of it"),
        h(CopyCommand, { command: restore, title: "the restore command" }),
      ),
  );
}

function Namespaces({ tree, at }: { tree: UiTree; at: string }): ComponentChild {
  return h(
    "ul",
    { class: "tree" },
    (tree.namespaces ?? []).map(({ namespace, objects }) =>
      h(Branch, {
        ...{ key: namespace ?? "", title: namespace ?? "cluster-scoped", isPlain: namespace === null },
        count: objects,
        unfolded: () => h(Kinds, { at, namespace: namespace ?? "" }),
      }),
    ),
  );
}

function Kinds({ at, namespace }: { at: string; namespace: string }): ComponentChild {
  const asked = useAnswer<UiTree>("tree", { at, namespace });
  return h(
    Fragment,
    {},
    shown(asked, "Reading…", ({ kinds = [] }) =>
      h(
        "ul",
        {},
        kinds.map(({ resource, kind, objects }) =>
          h(Branch, {
            ...{ key: resource, title: kind, count: objects },
            unfolded: () => h(OfKind, { at, namespace, resource }),
          }),
        ),
      ),
    ),
  );
}

function OfKind({
  at,
  namespace,
  resource,
}: {
  at: string;
  namespace: string;
  resource: string;
}): ComponentChild {
  const parameters = { namespace, resource };
  const asked = useAnswer<UiTree>("tree", { at, ...parameters });
  return h(
    Fragment,
    {},
    shown(asked, "Reading…", (first) => h(Names, { at, first, parameters, whole: false })),
  );
}

/** A branch that unfolds. */
function Branch({
  title,
  count,
  isPlain = false,
  unfolded,
}: {
  title: string;
  count: number;
  isPlain?: boolean;
  unfolded: () => ComponentChild;
}): ComponentChild {
  const [open, setOpen] = useState(false);
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "item branch", "aria-expanded": open, onClick: () => setOpen(!open) },
      isPlain ? h("i", {}, title) : h("bdi", {}, visibleText(title)),
      h("span", { class: "count" }, count.toLocaleString("en-US")),
    ),
    open && unfolded(),
  );
}

/** Objects, of which more come when they are asked for. */
function Names({
  at,
  first,
  parameters,
  whole,
}: {
  at: string;
  first: UiTree;
  parameters: Readonly<Record<string, string>>;
  whole: boolean;
}): ComponentChild {
  const [names, setNames] = useState<UiObjectName[]>(first.objects ?? []);
  const [problem, setProblem] = useState<string>();
  const more = async () => {
    const asked: Asked<UiTree> = await ask("tree", { at, ...parameters, offset: String(names.length) });
    if (asked.state === "there") setNames([...names, ...(asked.value.objects ?? [])]);
    else if (asked.state === "failed") setProblem(asked.problem);
  };
  return h(
    Fragment,
    {},
    h(
      "ul",
      { class: whole ? "tree found" : "" },
      names.map(({ resource, kind, namespace, name }) =>
        h(
          "li",
          { key: `${resource} ${namespace ?? ""}/${name}` },
          h(
            "a",
            {
              class: "item leaf",
              href: hashOf("object", { at, resource, namespace: namespace ?? "", name }),
            },
            whole && h("span", { class: "kind" }, visibleText(kind)),
            h(
              "bdi",
              { class: "name" },
              visibleText(whole && namespace !== null ? `${namespace}/${name}` : name),
            ),
          ),
        ),
      ),
    ),
    problem !== undefined && h("p", { class: "problem", role: "alert" }, visibleText(problem)),
    names.length < first.total &&
      h(
        "button",
        { type: "button", class: "plain", onClick: () => void more() },
        `Show more of ${amount(first.total - names.length, "object")}`,
      ),
  );
}
