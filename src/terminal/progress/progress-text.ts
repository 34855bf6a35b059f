import { amount } from "../../words/amount.ts";
import { formatBytes } from "../bytes.ts";
import { formatDuration } from "../duration.ts";
import type { StageOptions, WaitsFor } from "./progress.ts";

/** The progress of a stage. */
export interface ProgressState {
  title: string;
  unit: StageOptions["unit"];
  done: number;
  total: number | undefined;
  /** How many of those that are done have failed. */
  failed?: number;
  /** The rate per second; undefined while unknown. */
  perSecond: number | undefined;
  /** The estimated time until all is done, in milliseconds; undefined while unknown. */
  left: number | undefined;
  /** What is waited for, and the milliseconds until that is given up. */
  waiting?: (Pick<WaitsFor, "what"> & { left: number }) | undefined;
}

/** The minimum and maximum width of the bar, in columns. */
const MIN_BAR_WIDTH = 8;
const MAX_BAR_WIDTH = 40;
const GAP = "  ";

/** The amount done: `1234 of 5000 objects`, `12 MiB of 1.0 GiB`, `1234 objects`, `1234 of 5000 objects, 9 failed`. */
export function progressAmount({ unit, done, total, failed = 0 }: ProgressState): string {
  const parts = total === undefined ? [done] : [done, total];
  if (unit === "bytes") return parts.map(formatBytes).join(" of ");
  const amounts = [...parts.slice(0, -1), amount(parts.at(-1) ?? 0, unit.slice(0, -1))].join(" of ");
  return `${amounts}${failed === 0 ? "" : `, ${failed} failed`}`;
}

/**
 * `806 done, 9 failed, 45 waiting for the webhook ing.example.com (gives up in 2m 22s)`; undefined where nothing is waited for.
 *
 * @param width in columns: what is waited for is cut, the rest is not.
 */
export function waitingText(
  { done, failed = 0, waiting }: Pick<ProgressState, "done" | "failed" | "waiting">,
  width = Number.POSITIVE_INFINITY,
): string | undefined {
  if (waiting === undefined) return undefined;
  const { what, left } = waiting;
  const before = [
    ...(done > failed ? [`${done - failed} done, `] : []),
    ...(failed > 0 ? [`${failed} failed, `] : []),
  ].join("");
  const after = ` (gives up in ${formatDuration(Math.max(0, left))})`;
  const room = width - before.length - after.length;
  const shown = what.length <= room ? what : `${what.slice(0, Math.max(0, room - 1))}…`;
  return `${before}${shown}${after}`;
}

/** The rate: `412/s`, `3.1 MiB/s`. Undefined while unknown. */
function progressRate({ unit, perSecond }: ProgressState): string | undefined {
  if (perSecond === undefined) return undefined;
  if (unit === "bytes") return `${formatBytes(perSecond)}/s`;
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

/**
 * Formats one line for a terminal: `Restoring [====----] 1234 of 5000 objects 412/s 9s left`. A narrow terminal drops
 * the bar first, then the rate, then the time. The rest is cut.
 *
 * @param width in columns.
 */
export function progressLine(state: ProgressState, width: number): string {
  const { title, done, total, left } = state;
  const waiting = waitingText(state, width - title.length - GAP.length);
  if (waiting !== undefined) return `${title}${GAP}${waiting}`.slice(0, Math.max(0, width));
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
    const columns = Math.min(MAX_BAR_WIDTH, room - GAP.length - 2);
    if (total === undefined || total <= 0 || columns < MIN_BAR_WIDTH) return words.join(GAP);
    return [words[0], `[${bar(done / total, columns)}]`, ...words.slice(1)].join(GAP);
  }
  return `${title}${GAP}${amount}`.slice(0, Math.max(0, width));
}

/** `====----`: the bar for a share from 0 to 1. Greater shares count as 1. */
function bar(share: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return "=".repeat(full) + "-".repeat(columns - full);
}
