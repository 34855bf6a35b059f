import { type ComponentChild, Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { visibleText } from "../elements/visible-text.ts";
import { WholeYaml } from "../elements/whole-yaml.ts";
import { type Asked, askSecret, useAnswer } from "./ask.ts";
import type { UiHistory, UiObject } from "./data.ts";
import { History } from "./history.ts";
import { Commands, clock, Spans, shown } from "./pieces.ts";
import { hashOf } from "./route.ts";

const SPANS = ["24h", "7d", "30d", "90d"] as const;

/** An object at a moment: its YAML, its history, and what can be done about it. */
export function ObjectView({ parameters }: { parameters: Readonly<Record<string, string>> }): ComponentChild {
  const { at = "latest", resource, namespace = "", name } = parameters;
  const asked = useAnswer<UiObject>("object", { at, resource, namespace, name });
  const [part, setPart] = useState<"yaml" | "history">("yaml");
  const [since, setSince] = useState("7d");
  const history = useAnswer<UiHistory>(
    "history",
    part === "history" ? { since, resource, namespace, name } : undefined,
  );
  const tab = (name: "yaml" | "history", title: string) =>
    h("button", { type: "button", "aria-pressed": part === name, onClick: () => setPart(name) }, title);
  return h(
    Fragment,
    {},
    h(
      "div",
      { class: "object-head" },
      h(
        "p",
        { class: "about" },
        visibleText(`${resource ?? ""}${namespace === "" ? "" : ` in ${namespace}`}`),
      ),
      h("h1", {}, h("bdi", {}, visibleText(name ?? ""))),
      h("p", { class: "about" }, "at ", h("a", { href: hashOf("objects", { at }) }, visibleText(at))),
    ),
    h(
      "div",
      { class: "bar" },
      h(
        "span",
        { class: "spans", role: "group", "aria-label": "Show" },
        tab("yaml", "YAML"),
        tab("history", "History"),
      ),
      part === "history" && h(Spans, { spans: SPANS, chosen: since, onChoose: setSince }),
    ),
    part === "yaml"
      ? shown(asked, "Reading…", (object) => h(Yaml, { key: JSON.stringify(parameters), object, at }))
      : shown(history, "Reading its history…", (value) => h(History, { history: value, titled: false })),
  );
}

function Yaml({ object, at }: { object: UiObject; at: string }): ComponentChild {
  const [asked, setAsked] = useState<Asked<UiObject>>();
  useEffect(() => setAsked(undefined), [object]);
  const { resource, namespace, name } = object.object;
  const reveal = async () => setAsked(await askSecret({ at, resource, namespace: namespace ?? "", name }));
  const revealed = asked?.state === "there" ? asked.value : undefined;
  return h(
    Fragment,
    {},
    h("p", { class: "about" }, visibleText(object.moment.title), ` of ${clock(object.moment.time)} UTC`),
    object.masked &&
      h(
        "p",
        { class: "masked-note" },
        revealed === undefined
          ? "The values of this Secret are not shown. "
          : "The values of this Secret are shown. ",
        h(
          "button",
          {
            type: "button",
            class: "plain",
            onClick: () => (revealed === undefined ? void reveal() : setAsked(undefined)),
          },
          revealed === undefined ? "Show the values" : "Hide the values",
        ),
      ),
    asked?.state === "failed" && h("p", { class: "problem", role: "alert" }, visibleText(asked.problem)),
    h(WholeYaml, { yaml: (revealed ?? object).yaml.trimEnd(), change: "" }),
    h(Commands, { commands: object.commands, title: "What can be done" }),
  );
}
