/** The history of a store as one page. */

import type { Day } from "../../audit/days.ts";
import { BASE_STYLE } from "../../pages/base-style.ts";
import { textHtml } from "../../pages/escape.ts";
import { FRAME_END, frameStart } from "../../pages/frame.ts";
import { describeTotal, type StoreReport } from "./store-report.ts";

/** Height of the picture of a day's backups, in pixels. */
const HEIGHT = 64;
const WIDTH = 1_000;

const STYLE = `${BASE_STYLE}
body { max-width: 60rem; }
h1 { font-size: 1.65rem; font-weight: 620; line-height: 1.25; letter-spacing: -0.012em; overflow-wrap: anywhere; }
p { margin: 0.3rem 0 0; color: var(--ink-soft); }
ul { margin: 1rem 0; padding: 0.6rem 1rem 0.6rem 2rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.bad { color: var(--removed); font-weight: 600; }
svg { display: block; width: 100%; height: ${HEIGHT}px; margin: 1.2rem 0 0.4rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.taken { fill: #4aa869; } .missed { fill: #dd6a62; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--sheet); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 500; background: var(--sunk); }
tr:last-child td { border-bottom: 0; }
.none { color: var(--ink-faint); }
@media print { body { padding: 0; } }
`;

/** The page: what was done in all, a picture of the days, and a table of them, the latest first. */
export function reportHtml(report: StoreReport): string {
  const { store, from, until, days } = report;
  const lines = describeTotal(report).map(
    ({ text, isBad }) => `<li${isBad ? ' class="bad"' : ""}>${textHtml(text)}</li>`,
  );
  const rows = days.toReversed().map(rowHtml);
  return `${frameStart({ title: `Backups in ${store}`, style: STYLE })}<h1>Backups in <bdi>${textHtml(store)}</bdi></h1>
<p>${day(from)} to ${day(until)} (UTC)</p>
<ul>${lines.join("")}</ul>
${pictureHtml(days)}
<div class="table" tabindex="0" role="region" aria-label="Day by day"><table>
<thead><tr><th scope="col">Day</th><th scope="col">Taken</th><th scope="col">Missed</th><th scope="col">Verified</th><th scope="col">Rehearsed</th><th scope="col">Restored</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>
${FRAME_END}`;
}

function day(time: string): string {
  return `<time datetime="${time}">${time.slice(0, 10)}</time>`;
}

function rowHtml({ date, taken, missed, verified, rehearsed, refused, restored, failed }: Day): string {
  const cells = [
    count(taken),
    count(missed, missed > 0),
    count(verified),
    refused === 0 ? count(rehearsed) : `${rehearsed} <span class="bad">(${refused} refused)</span>`,
    failed === 0 ? count(restored) : `${restored} <span class="bad">(${failed} failed)</span>`,
  ];
  return `<tr><td>${date}</td>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function count(number: number, isBad = false): string {
  if (number === 0) return '<span class="none">0</span>';
  return isBad ? `<span class="bad">${number}</span>` : String(number);
}

/** A bar for each day: what was taken, and above it what was missed. */
function pictureHtml(days: readonly Day[]): string {
  const most = Math.max(1, ...days.map(({ taken, missed }) => taken + missed));
  const width = WIDTH / Math.max(1, days.length);
  const bars = days.flatMap(({ taken, missed }, index) => {
    const [high, low] = [(HEIGHT * missed) / most, (HEIGHT * taken) / most];
    const bar = (name: string, height: number, y: number) =>
      height === 0
        ? []
        : [
            `<rect class="${name}" x="${round(index * width)}" y="${round(y)}" width="${round(width * 0.85)}" height="${round(height)}"/>`,
          ];
    return [...bar("taken", low, HEIGHT - low), ...bar("missed", high, HEIGHT - low - high)];
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Backups taken and missed, day by day">${bars.join("")}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
