/** The top of the page: the two sides, the result, and the notes. */

import { escapeHtml, textHtml } from "../../pages/escape.ts";
import { formatDuration } from "../../terminal/duration.ts";
import type { Comparison, Side } from "../document.ts";
import { sideName } from "./sides.ts";
import { formatNumber } from "./summary.ts";

/** `backup_20261001T030000Z and cluster prod`. */
export function pageTitle({ left, right }: Comparison): string {
  return `${sideName(left)} and ${sideName(right)}`;
}

/** The top of the page as HTML. */
export function headingHtml(comparison: Comparison): string {
  const { left, right, notes, summary, objects } = comparison;
  return `<header class="top">
<h1>${resultHtml(comparison)}</h1>
${objects.length > 0 && summary.alike > 0 ? `<p class="alike">${objectCount(summary.alike)} ${summary.alike === 1 ? "is" : "are"} alike</p>` : ""}
<div class="sides">
${sideHtml(left, "left")}
<p class="between">${textHtml(timeBetween(left, right))}</p>
${sideHtml(right, "right")}
</div>
${notes.length === 0 ? "" : notesHtml(notes)}
</header>`;
}

/** The result in one sentence. */
function resultHtml({ summary, objects }: Comparison): string {
  const { added, changed, removed, alike } = summary;
  if (objects.length > 0) {
    const parts = (["changed", "removed", "added"] as const).flatMap((change) => {
      const count = { added, changed, removed }[change];
      return count === 0 ? [] : [`<span class="${change}">${formatNumber(count)} ${change}</span>`];
    });
    return `${objectCount(objects.length)} ${objects.length === 1 ? "differs" : "differ"}: ${parts.join(", ")}`;
  }
  return alike === 0 ? "Nothing to compare" : "No differences";
}

/** The content of the page where no object differs. */
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
  return count === 1 ? "1 object" : `${formatNumber(count)} objects`;
}

function sideNameHtml(side: Side): string {
  return `<bdi>${textHtml(sideName(side))}</bdi>`;
}

function sideHtml({ kind, name, time, server }: Side, side: "left" | "right"): string {
  return `<section class="side ${side}" aria-label="${side === "left" ? "What was" : "What is compared with it"}">
<p class="role">${kind === "backup" ? "Backup" : "Now: the cluster"}</p>
<p class="name"><bdi>${textHtml(name)}</bdi></p>
<p class="about"><time datetime="${escapeHtml(time)}">${textHtml(readableTime(time))}</time>${
    server === undefined ? "" : `<span class="server"><bdi>${textHtml(server)}</bdi></span>`
  }</p>
</section>`;
}

/** `2026-10-01 03:00:00 UTC`, whatever the time zone of the timestamp. Invalid timestamps are returned unchanged. */
export function readableTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The time between the two sides, `3h 12m later`. */
function timeBetween(left: Side, right: Side): string {
  const difference = Date.parse(right.time) - Date.parse(left.time);
  if (Number.isNaN(difference)) return "";
  if (difference === 0) return "at the same time";
  return `${formatDuration(Math.abs(difference))} ${difference > 0 ? "later" : "earlier"}`;
}

function notesHtml(notes: readonly string[]): string {
  const items = notes.map((note) => `<li><bdi>${textHtml(note)}</bdi></li>`);
  return `<ul class="notes" aria-label="Notes">${items.join("")}</ul>`;
}
