/** The top of the page: what was compared, what came of it, and what the reader must know. */

import { formatDuration } from "../../terminal/duration.ts";
import type { Comparison, Side } from "../document.ts";
import { escapeHtml, textHtml } from "./escape.ts";
import { number } from "./summary.ts";

/** `backup_20261001T030000Z and cluster prod`. */
export function pageTitle({ left, right }: Comparison): string {
  return `${sideName(left)} and ${sideName(right)}`;
}

/** The top of the page as HTML. */
export function headingHtml(comparison: Comparison): string {
  const { left, right, notes, summary, objects } = comparison;
  return `<header class="top">
<h1>${verdictHtml(comparison)}</h1>
${objects.length > 0 && summary.alike > 0 ? `<p class="alike">${objectCount(summary.alike)} ${summary.alike === 1 ? "is" : "are"} alike</p>` : ""}
<div class="sides">
${sideHtml(left, "left")}
<p class="between">${textHtml(between(left, right))}</p>
${sideHtml(right, "right")}
</div>
${notes.length === 0 ? "" : notesHtml(notes)}
</header>`;
}

/** One sentence for a person in a hurry. */
function verdictHtml({ summary, objects }: Comparison): string {
  const { added, changed, removed, alike } = summary;
  if (objects.length > 0) {
    const parts = (["changed", "removed", "added"] as const).flatMap((change) => {
      const count = { added, changed, removed }[change];
      return count === 0 ? [] : [`<span class="${change}">${number(count)} ${change}</span>`];
    });
    return `${objectCount(objects.length)} ${objects.length === 1 ? "differs" : "differ"}: ${parts.join(", ")}`;
  }
  return alike === 0 ? "Nothing to compare" : "No differences";
}

/** What the page says where no object differs. */
export function emptyHtml({ left, right, summary }: Comparison): string {
  const sides = `${sideNameHtml(left)} and ${sideNameHtml(right)}`;
  const text =
    summary.alike === 0
      ? `Neither ${sideNameHtml(left)} nor ${sideNameHtml(right)} has an object of those that were asked for.`
      : `${objectCount(summary.alike)} ${summary.alike === 1 ? "is" : "are"} alike in ${sides}.`;
  const mark =
    summary.alike === 0
      ? ""
      : '<svg class="mark" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M14 25l7 7 13-15"/></svg>';
  return `<main class="empty">${mark}<p>${text}</p></main>`;
}

function objectCount(count: number): string {
  return count === 1 ? "1 object" : `${number(count)} objects`;
}

/** A backup's name says that it is one. */
function sideName({ kind, name }: Side): string {
  return kind === "backup" ? name : `cluster ${name}`;
}

function sideNameHtml(side: Side): string {
  return `<bdi>${textHtml(sideName(side))}</bdi>`;
}

function sideHtml({ kind, name, time, server }: Side, side: "left" | "right"): string {
  return `<section class="side ${side}" aria-label="${side === "left" ? "Left" : "Right"} side">
<p class="role">${kind === "backup" ? "Backup" : "Cluster"}</p>
<p class="name"><bdi>${textHtml(name)}</bdi></p>
<p class="about"><time datetime="${escapeHtml(time)}">${textHtml(readableTime(time))}</time>${
    server === undefined ? "" : `<span class="server"><bdi>${textHtml(server)}</bdi></span>`
  }</p>
</section>`;
}

/** `2026-10-01 03:00:00 UTC`, whatever the zone it was written in; the text as it is where it is no time. */
export function readableTime(time: string): string {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return time;
  return `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** How much later the right side is: `3h 12m later`. */
function between(left: Side, right: Side): string {
  const difference = Date.parse(right.time) - Date.parse(left.time);
  if (Number.isNaN(difference)) return "";
  if (difference === 0) return "at the same time";
  return `${formatDuration(Math.abs(difference))} ${difference > 0 ? "later" : "earlier"}`;
}

function notesHtml(notes: readonly string[]): string {
  const items = notes.map((note) => `<li><bdi>${textHtml(note)}</bdi></li>`);
  return `<ul class="notes" aria-label="Notes">${items.join("")}</ul>`;
}

/** What stands above the two sides of an object. */
export function sideLabels({ left, right }: Comparison): { left: string; right: string } {
  return { left: sideName(left), right: sideName(right) };
}
