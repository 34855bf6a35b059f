import { type ComponentChild, Fragment, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { visibleText } from "../elements/visible-text.ts";
import { useAnswer } from "./ask.ts";
import { Compare } from "./compare.ts";
import type { UiTimeline } from "./data.ts";
import { listenToKeys } from "./keyboard.ts";
import { ObjectView } from "./object.ts";
import { Objects } from "./objects.ts";
import { shown } from "./pieces.ts";
import { hashOf, type Route, readRoute } from "./route.ts";
import { Timeline } from "./timeline.ts";

const KEYS = [
  ["Next, previous row", "j", "k"],
  ["Unfold, fold", "→", "←"],
  ["Unfold all, fold all", "e", "c"],
  ["Open", "Enter"],
  ["Search", "/"],
  ["These keys", "?"],
] as const;

/** The whole page. */
export function App(): ComponentChild {
  const [route, setRoute] = useState(() => readRoute(window.location.hash));
  const keys = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const gone = new AbortController();
    const { signal } = gone;
    window.addEventListener("hashchange", () => setRoute(readRoute(window.location.hash)), { signal });
    listenToKeys(() => keys.current?.showModal(), signal);
    return () => gone.abort();
  }, []);
  const timeline = useAnswer<UiTimeline>("timeline", {});
  const store = timeline.state === "there" ? timeline.value.store : "";
  return h(
    Fragment,
    {},
    h(
      "header",
      { class: "page-head" },
      h("a", { class: "brand", href: hashOf("timeline") }, "kube-backup"),
      h("span", { class: "store" }, visibleText(store)),
      h(Nav, { route }),
      h(
        "button",
        { type: "button", class: "help", "aria-label": "Keys", onClick: () => keys.current?.showModal() },
        "?",
      ),
    ),
    h("main", {}, h(View, { route, timeline })),
    h(
      "dialog",
      { ref: keys, "aria-labelledby": "keys-title" },
      h("h2", { id: "keys-title" }, "Keys"),
      h(
        "dl",
        {},
        KEYS.map(([what, ...those]) =>
          h(
            "div",
            { key: what },
            h("dt", {}, what),
            h(
              "dd",
              {},
              those.flatMap((key) => [h("kbd", {}, key), " "]),
            ),
          ),
        ),
      ),
      h("form", { method: "dialog" }, h("button", {}, "Close")),
    ),
  );
}

function Nav({ route: { view, parameters } }: { route: Route }): ComponentChild {
  const at = parameters["at"] ?? "latest";
  const link = (name: "timeline" | "objects" | "compare", title: string, href: string) =>
    h("a", { href, "aria-current": view === name ? "page" : undefined }, title);
  return h(
    "nav",
    { "aria-label": "Parts" },
    link("timeline", "Timeline", hashOf("timeline")),
    link("objects", "Objects", hashOf("objects", { at })),
    link("compare", "Compare", hashOf("compare")),
  );
}

function View({
  route: { view, parameters },
  timeline,
}: {
  route: Route;
  timeline: ReturnType<typeof useAnswer<UiTimeline>>;
}): ComponentChild {
  if (view === "objects") return h(Objects, { at: parameters["at"] ?? "latest", q: parameters["q"] });
  if (view === "object") return h(ObjectView, { parameters });
  return h(
    Fragment,
    {},
    shown(timeline, "Reading the store…", (value) =>
      view === "compare" ? h(Compare, { parameters, timeline: value }) : h(Timeline, { timeline: value }),
    ),
  );
}
