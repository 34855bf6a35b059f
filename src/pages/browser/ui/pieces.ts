/** Small pieces that several parts of the page have. */

import { type ComponentChild, h } from "preact";
import { CopyCommand } from "../elements/copy-command.ts";
import { visibleText } from "../elements/visible-text.ts";
import type { Asked } from "./ask.ts";
import type { UiCommand } from "./data.ts";

/** `2026-01-31 12:00:00`, or with milliseconds where they are known; always UTC. */
export function clock(time: string): string {
  const text = new Date(time).toISOString().replace("T", " ").replace("Z", "");
  return text.endsWith(".000") ? text.slice(0, -4) : text;
}

/** `3.2 MB`. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [size, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 object`, `2,000 objects`. */
export function amount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Shows an answer once it is there, and until then what it waits for. */
export function shown<T>(
  asked: Asked<T>,
  waiting: string,
  view: (value: T) => ComponentChild,
): ComponentChild {
  if (asked.state === "waiting") return h("p", { class: "waiting", role: "status" }, waiting);
  if (asked.state === "failed")
    return h("p", { class: "problem", role: "alert" }, visibleText(asked.problem));
  return view(asked.value);
}

/** Buttons of lengths of time, of which one may be chosen. */
export function Spans<Span extends string>({
  spans,
  chosen,
  onChoose,
}: {
  spans: readonly Span[];
  chosen: Span | undefined;
  onChoose: (span: Span) => void;
}): ComponentChild {
  return h(
    "span",
    { class: "spans", role: "group", "aria-label": "In the last" },
    spans.map((each) =>
      h(
        "button",
        { key: each, type: "button", "aria-pressed": chosen === each, onClick: () => onChoose(each) },
        each,
      ),
    ),
  );
}

/** Commands, each with a button that copies it. */
export function Commands({
  commands,
  title,
}: {
  commands: readonly UiCommand[];
  title: string;
}): ComponentChild {
  if (commands.length === 0) return null;
  return h(
    "section",
    { class: "commands" },
    h("h2", {}, title),
    h(
      "ul",
      {},
      commands.map((each) =>
        h(
          "li",
          { key: each.title },
          h("span", { class: "what" }, each.title),
          h(CopyCommand, { command: each.command, title: "the command" }),
        ),
      ),
    ),
  );
}
