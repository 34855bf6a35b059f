import { type ComponentChild, Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { visibleText } from "../elements/visible-text.ts";
import { useAnswer } from "./ask.ts";
import type { UiBackup, UiHistory, UiTimeline } from "./data.ts";
import { History } from "./history.ts";
import { amount, bytes, clock, Spans, shown } from "./pieces.ts";
import { hashOf } from "./route.ts";
import { Strip } from "./strip.ts";

/** Backups that are listed at first. */
const FIRST = 40;
const SPANS = ["1h", "24h", "7d", "30d"] as const;

/** The backups, what the change log covers, and what changed. */
export function Timeline({ timeline }: { timeline: UiTimeline }): ComponentChild {
  const { backups, ranges, older } = timeline;
  const [listed, setListed] = useState(FIRST);
  const byDay = Map.groupBy(backups.slice(0, listed), ({ time }) => time.slice(0, 10));
  const place = new Map(backups.map(({ name }, index) => [name, index]));
  const last = ranges.at(-1);
  return h(
    Fragment,
    {},
    h(
      "p",
      { class: "lead" },
      backups.length === 0
        ? "No backup is in the store."
        : last === undefined
          ? `${amount(backups.length + older, "backup")}, the newest of ${clock(backups[0]?.time ?? "")} UTC.`
          : `${amount(backups.length + older, "backup")}, and every second from ${clock(last.from)} to ${clock(last.until)} UTC.`,
    ),
    h(Strip, { timeline }),
    h(MomentForm, {}),
    h(Changes, {}),
    h("h2", {}, "Backups"),
    [...byDay].map(([day, those]) =>
      h(
        "section",
        { key: day, class: "day" },
        h("h3", {}, day, h("span", { class: "count" }, ` ${amount(those.length, "backup")}`)),
        h(
          "ul",
          { class: "rows" },
          those.map((each) =>
            h(BackupRow, { key: each.name, backup: each, before: backups[(place.get(each.name) ?? 0) + 1] }),
          ),
        ),
      ),
    ),
    backups.length > listed &&
      h(
        "button",
        { type: "button", class: "plain", onClick: () => setListed(listed + 200) },
        `Show more of ${amount(backups.length - listed, "backup")}`,
      ),
    older > 0 && h("p", { class: "about" }, `${amount(older, "older backup")}: give a time above.`),
  );
}

function BackupRow({ backup, before }: { backup: UiBackup; before: UiBackup | undefined }): ComponentChild {
  const { name, time, size } = backup;
  return h(
    "li",
    { class: "line-row" },
    h("a", { class: "item", href: hashOf("objects", { at: name }) }, time.slice(11, 19)),
    h("span", { class: "name" }, visibleText(name)),
    h("span", { class: "size" }, bytes(size)),
    before === undefined
      ? h("span", {})
      : h("a", { href: hashOf("compare", { from: before.name, to: name }) }, "What changed"),
  );
}

/** Goes to any time. */
function MomentForm(): ComponentChild {
  const [at, setAt] = useState("");
  const go = (event: Event) => {
    event.preventDefault();
    if (at.trim() !== "") window.location.hash = hashOf("objects", { at: at.trim() });
  };
  return h(
    "form",
    { class: "bar", onSubmit: go },
    h("label", { for: "moment" }, "Look at"),
    h("input", {
      id: "moment",
      type: "text",
      value: at,
      autocomplete: "off",
      placeholder: "2026-01-31T12:00:00Z, or 2h",
      onInput: (event) => setAt(event.currentTarget.value),
    }),
    h("button", { type: "submit" }, "Open"),
  );
}

/** What changed, of all objects; read when it is asked for, since all changes of the time are. */
function Changes(): ComponentChild {
  const [since, setSince] = useState<string>();
  const [namespace, setNamespace] = useState("");
  const asked = useAnswer<UiHistory>("history", since === undefined ? undefined : { since, namespace });
  return h(
    "section",
    { class: "changes-of-all" },
    h("h2", {}, "What changed"),
    h(
      "div",
      { class: "bar" },
      h("label", { for: "changes-namespace" }, "In the namespace"),
      h("input", {
        id: "changes-namespace",
        type: "text",
        value: namespace,
        autocomplete: "off",
        placeholder: "all",
        onChange: (event) => setNamespace(event.currentTarget.value.trim()),
      }),
      h(Spans, { spans: SPANS, chosen: since, onChoose: setSince }),
    ),
    since !== undefined &&
      shown(asked, "Reading what changed…", (history) => h(History, { history, titled: true })),
  );
}
