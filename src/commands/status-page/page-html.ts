import { BASE_STYLE } from "../../pages/base-style.ts";
import { textHtml } from "../../pages/escape.ts";
import { FRAME_END, frameStart } from "../../pages/frame.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatDuration } from "../../terminal/duration.ts";
import { amount } from "../../words/amount.ts";
import type { PageView } from "./page-view.ts";

/** Seconds after which a browser asks again. */
const REFRESH = 60;
const WIDTH = 1_000;
const HEIGHT = 72;

/** What is sent with the page. Its own policy forbids all requests; that nobody may frame it, only a header can say. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  refresh: String(REFRESH),
  "x-content-type-options": "nosniff",
};

const STYLE = `${BASE_STYLE}
body { max-width: 60rem; }
h1 { font-size: 1.65rem; font-weight: 620; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.8rem 0 0.4rem; font-size: 1.05rem; font-weight: 620; }
.about { color: var(--ink-soft); overflow-wrap: anywhere; }
.verdict { margin: 1rem 0; padding: 0.6rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--sheet); }
.verdict.good { border-color: var(--added); background: var(--added-ground); }
.verdict.bad { border-color: var(--removed); background: var(--removed-ground); }
.verdict ul { padding-left: 1.1rem; }
.verdict li { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: 0.3rem 1rem; font-variant-numeric: tabular-nums; }
dt { color: var(--ink-soft); }
dd { overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: ${HEIGHT}px; margin: 0.4rem 0; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.size { fill: #4a83c4; } .long { fill: #d99a3d; }
.legend { margin-bottom: 0.9rem; font-size: 0.9rem; }
.nowrap { white-space: nowrap; }
.legend .nowrap { margin-right: 0.8rem; }
.key { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 2px; margin-right: 0.35rem; vertical-align: -0.08rem; }
.key.of-size { background: #4a83c4; } .key.of-long { background: #d99a3d; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; } }
`;

/** The page. */
export function pageHtml(view: PageView): string {
  const title = headline(view);
  return `${frameStart({ title, style: STYLE })}<main>
<h1>${textHtml(title).replace(/\d{4}-[\d-]{5} [\d:]{8}/g, '<span class="nowrap">$&</span>')}</h1>
<p class="about">${aboutHtml(view)}</p>
${verdictHtml(view)}
<h2>Backups</h2>
${stripHtml(view.rounds)}
${listHtml(backupRows(view))}
<h2>What a backup holds</h2>
${listHtml(contentRows(view))}
</main>
${FRAME_END}`;
}

/** Whether, and up to when, the cluster can be brought back. */
export function headline({ readAt, restorable }: Pick<PageView, "readAt" | "restorable">): string {
  if (readAt === null) return "Not known yet: the store has not been read";
  if (restorable === null)
    return "Nothing can be restored: there is no backup of this cluster that can be read";
  const { any, from, until } = restorable;
  return any
    ? `Restorable: any second from ${moment(from)} to ${moment(until)}`
    : `Restorable: the newest backup, of ${moment(until)}`;
}

function aboutHtml({ asOf, names }: PageView): string {
  const of =
    names === null
      ? ""
      : `Cluster <bdi>${textHtml(names.clusterName ?? "unknown")}</bdi>, <bdi>${textHtml(names.store)}</bdi> · `;
  return `${of}as of ${moment(asOf)} UTC`;
}

/** One judgment for all of the page: nothing is good beside something that is not. */
function verdictHtml({ problems, readAt }: PageView): string {
  if (problems.length > 0) {
    const items = problems.map((problem) => `<li>${textHtml(problem)}</li>`);
    return `<div class="verdict bad" role="status"><ul>${items.join("")}</ul></div>`;
  }
  if (readAt === null) return '<p class="verdict" role="status">Nothing is known yet.</p>';
  return '<p class="verdict good" role="status">Nothing is wrong.</p>';
}

function backupRows(view: PageView): [title: string, text: string][] {
  const { newest, names, nextBackupDue, intervalSeconds, maxRestoreAgeSeconds, lastAttempt, decision } = view;
  const named = names?.backup == null ? "" : `${names.backup}, `;
  return [
    [
      "Newest backup",
      newest === null
        ? "none that is known"
        : `${named}${moment(newest.time)}, ${formatDuration(newest.ageSeconds * 1000)} ago, ${formatBytes(newest.sizeBytes)}, ${amount(newest.objects, "object")}`,
    ],
    ["Interval", formatDuration(intervalSeconds * 1000)],
    ["MAXRESTOREAGE", formatDuration(maxRestoreAgeSeconds * 1000)],
    ["Next backup", nextBackupDue === null ? "unknown" : `due ${moment(nextBackupDue)}`],
    ...(lastAttempt === null
      ? []
      : [
          [
            "Last attempt",
            `${lastAttempt.success ? "succeeded" : "failed"}, ${moment(lastAttempt.ended)}`,
          ] as [string, string],
        ]),
    ["Restore gate, now", decision ?? "unknown"],
    ["Change log", describeChangeLog(view.changeLog)],
  ];
}

function describeChangeLog(log: PageView["changeLog"]): string {
  if (log === null) return "unknown";
  if (log.state === "off") return "off: only backups can be read";
  const until = log.certain === null ? "nothing is certain" : `certain up to ${moment(log.certain)}`;
  return log.state === "stopped" ? `${until}; not recording since` : until;
}

function contentRows({ newest, missingKinds, notKeptKinds, names }: PageView): [string, string][] {
  if (newest === null) return [["Newest backup", "none that is known"]];
  const kinds = (count: number | null, listed: readonly string[] = []) => {
    if (count === null) return "unknown";
    if (count === 0) return "none";
    return listed.length === 0 ? amount(count, "kind") : listed.join(", ");
  };
  return [
    ["Could not be read", kinds(missingKinds, names?.kindsMissing)],
    ["Not asked for (KINDS)", kinds(notKeptKinds, names?.kindsNotKept)],
  ];
}

function listHtml(rows: readonly [title: string, text: string][]): string {
  const items = rows.map(([title, text]) => `<dt>${textHtml(title)}</dt><dd>${textHtml(text)}</dd>`);
  return `<dl>${items.join("")}</dl>`;
}

/** A bar for the size of each backup, at its place in time, and above it one for how long it took, where that is known. */
function stripHtml(rounds: PageView["rounds"]): string {
  if (rounds.length === 0) return '<p class="about legend">None within the time that is shown.</p>';
  const times = rounds.map(({ time }) => Date.parse(time));
  const [first = 0] = times;
  const last = times.at(-1) ?? first;
  const most = Math.max(1, ...rounds.map(({ sizeBytes }) => sizeBytes));
  const longest = Math.max(0.1, ...rounds.map(({ seconds }) => seconds ?? 0));
  const width = Math.max(2, Math.min(40, (WIDTH * 0.7) / rounds.length));
  const half = HEIGHT / 2 - 4;
  const isTimed = rounds.some(({ seconds }) => seconds !== null);
  const long = isTimed
    ? ` <span class="nowrap"><span class="key of-long"></span>duration, up to ${formatDuration(longest * 1000)}</span>`
    : "";
  const bars = rounds.flatMap(({ sizeBytes, seconds, time }, index) => {
    const x = last === first ? 0 : (((times[index] ?? 0) - first) / (last - first)) * (WIDTH - width);
    const took = seconds === null ? "" : `, ${formatDuration(seconds * 1000)}`;
    const title = `<title>${moment(time)}, ${formatBytes(sizeBytes)}${took}</title>`;
    const bar = (name: string, height: number, bottom: number) =>
      `<rect class="${name}" x="${round(x)}" y="${round(bottom - height)}" width="${round(width)}" height="${round(height)}">${title}</rect>`;
    return [
      bar("size", Math.max(1, (half * sizeBytes) / most), HEIGHT),
      ...(seconds === null ? [] : [bar("long", Math.max(1, (half * seconds) / longest), HEIGHT / 2)]),
    ];
  });
  const [earliest, latest] = [moment(rounds[0]?.time ?? ""), moment(rounds.at(-1)?.time ?? "")];
  const label =
    rounds.length === 1
      ? `1 backup, of ${latest}`
      : `${rounds.length} backups, from ${earliest} to ${latest}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${bars.join("")}</svg>
<p class="about legend">${label}: <span class="nowrap"><span class="key of-size"></span>size, up to ${formatBytes(most)}</span>${long}</p>`;
}

/** `2026-01-31 12:00:05`, of RFC 3339 in UTC. */
function moment(time: string): string {
  return time.replace("T", " ").replace(/(?:\.\d+)?Z$/, "");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
