import { type ComponentChild, h } from "preact";
import type { UiTimeline } from "./data.ts";
import { clock } from "./pieces.ts";

const WIDTH = 1000;
const HEIGHT = 34;

/** The time from the first backup until now: a line for each backup, and a bar for what the change log covers. */
export function Strip({ timeline: { backups, ranges, now } }: { timeline: UiTimeline }): ComponentChild {
  const times = [...backups.map(({ time }) => time), ...ranges.map(({ from }) => from)].map((time) =>
    Date.parse(time),
  );
  if (times.length === 0) return null;
  const [first, last] = [Math.min(...times), Date.parse(now)];
  const length = Math.max(1, last - first);
  const x = (time: string) => (WIDTH * (Date.parse(time) - first)) / length;
  // What falls on one place is drawn once.
  const places = [...new Set(backups.map(({ time }) => Math.round(x(time))))];
  return h(
    "figure",
    { class: "strip" },
    h(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": "Backups over time, and what the change log covers",
      },
      ranges.map(({ from, until }) =>
        h("rect", {
          key: from,
          class: "covered",
          x: x(from),
          y: 20,
          width: Math.max(3, x(until) - x(from)),
          height: 10,
        }),
      ),
      h("path", {
        ...{ class: "tick", d: places.map((place) => `M${place} 2V18`).join("") },
        "vector-effect": "non-scaling-stroke",
      }),
    ),
    h(
      "figcaption",
      {},
      h("span", {}, clock(new Date(first).toISOString())),
      h(
        "span",
        { class: "legend" },
        "above: backups",
        ranges.length > 0 && "; below: every second, from the change log",
      ),
      h("span", {}, "now"),
    ),
  );
}
