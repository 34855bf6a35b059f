import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import type { StageOptions } from "./progress.ts";

/** How far a piece of work has come. */
export interface ProgressState {
  title: string;
  unit: StageOptions["unit"];
  done: number;
  /** Undefined while nobody knows. */
  total: number | undefined;
  /** What gets done in a second; undefined while that cannot be said. */
  perSecond: number | undefined;
}

/** The narrowest and the widest bar, in columns. */
const BAR_LEAST = 8;
const BAR_MOST = 40;
const GAP = "  ";

/** How far, in words: `1234 of 5000 objects`, `12 MiB of 1.0 GiB`, `1234 objects`. */
export function progressAmount({ unit, done, total }: ProgressState): string {
  const parts = total === undefined ? [done] : [done, total];
  if (unit === "bytes") return parts.map(formatBytes).join(" of ");
  return `${parts.join(" of ")} ${unit}`;
}

/** `412/s`, `3.1 MiB/s`; undefined while that cannot be said. */
export function progressRate({ unit, perSecond }: ProgressState): string | undefined {
  if (perSecond === undefined) return undefined;
  if (unit === "bytes") return `${formatBytes(perSecond)}/s`;
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

/** Milliseconds until all is done at this pace; undefined while that cannot be said. */
export function timeLeft({ done, total, perSecond }: ProgressState): number | undefined {
  if (total === undefined || perSecond === undefined || perSecond === 0) return undefined;
  return Math.max(0, ((total - done) / perSecond) * 1000);
}

/**
 * One line for a terminal: `Restoring  [====----]  1234 of 5000 objects  412/s  9s left`. Where the
 * terminal is narrow, the bar goes first, then the rate, then the time; the rest is cut off.
 *
 * @param width in columns.
 */
export function progressLine(state: ProgressState, width: number): string {
  const { title, done, total } = state;
  const left = timeLeft(state);
  const amount = progressAmount(state);
  const rate = progressRate(state);
  const time = left === undefined ? undefined : `${formatDuration(left)} left`;
  for (const parts of [
    [title, amount, rate, time],
    [title, amount, time],
    [title, amount],
  ]) {
    const words = parts.filter((part) => part !== undefined);
    const room = width - words.join(GAP).length;
    if (room < 0) continue;
    // Two brackets and one more gap.
    const columns = Math.min(BAR_MOST, room - GAP.length - 2);
    if (total === undefined || total <= 0 || columns < BAR_LEAST) return words.join(GAP);
    return [words[0], `[${bar(done / total, columns)}]`, ...words.slice(1)].join(GAP);
  }
  return `${title}${GAP}${amount}`.slice(0, Math.max(0, width));
}

/** `====----`: what is done of so many columns; more than all is all. */
function bar(share: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return "=".repeat(full) + "-".repeat(columns - full);
}
