/**
 * Which backups stay: restic's algorithm, without any I/O, so that its users find what they know.
 * https://restic.readthedocs.io/en/stable/060_forget.html
 */

import { formatCalendarLength, momentBefore } from "../time/calendar-length.ts";
import { PERIODS } from "./periods.ts";
import type { KeepRules } from "./rules.ts";

/** What is decided by. */
export interface KeepFacts {
  now: Date;
  /** Name of the newest backup that can be read, which stays whatever the rules say. */
  newestValid: string | undefined;
}

/** What becomes of a backup, and why. */
export interface Decision<Backup> {
  backup: Backup;
  keep: boolean;
  /** Every rule that keeps it: `last 3`, `daily 2026-01-31`, `within 7d`; or the one reason why it goes. */
  reasons: string[];
}

/** The reason of every backup that goes. */
const NO_RULE = "no rule keeps it";

/**
 * Decides on each backup. Hours, days and their like are those of UTC.
 *
 * A backup from the future, which a clock that was wrong has left, stays and does not count: it would
 * take the place of one that is needed.
 *
 * @param backups in any order.
 * @returns one decision for each, the oldest first.
 */
export function decideKeeping<Backup extends { name: string; time: Date }>(
  backups: readonly Backup[],
  rules: KeepRules,
  { now, newestValid }: KeepFacts,
): Decision<Backup>[] {
  const newestFirst = backups.toSorted((a, b) => b.time.getTime() - a.time.getTime());
  const past = newestFirst.filter(({ time }) => time <= now);
  const keepers = [...keepersOf(rules), ...within(rules, past[0]?.time)];
  const decisions = newestFirst
    .slice(0, newestFirst.length - past.length)
    .map((backup) => ({ backup, keep: true, reasons: ["from the future"] }));
  for (const [index, backup] of past.entries()) {
    const oldest = index === past.length - 1;
    const reasons = keepers
      .map((keeper) => keeper(backup.time, oldest))
      .filter((reason) => reason !== undefined);
    if (backup.name === newestValid) reasons.push("newest valid");
    const keep = reasons.length > 0;
    decisions.push({ backup, keep, reasons: keep ? reasons : [NO_RULE] });
  }
  return decisions.reverse();
}

/** A rule at work: shown one backup after the other, the newest first, it says why it keeps one. */
type Keeper = (time: Date, oldest: boolean) => string | undefined;

function keepersOf(rules: KeepRules): Keeper[] {
  const keepers: Keeper[] = [];
  const { last } = rules;
  if (last !== undefined) {
    let left = last;
    const reason = Number.isFinite(last) ? `last ${last}` : "last, unlimited";
    keepers.push(() => (left-- > 0 ? reason : undefined));
  }
  for (const [rule, periodOf] of Object.entries(PERIODS)) {
    const count = rules[rule as keyof typeof PERIODS];
    if (count !== undefined) keepers.push(newestOfEach(rule, periodOf, count));
  }
  return keepers;
}

/**
 * The newest of each of the latest `count` periods. While there are fewer than that, the oldest backup
 * of all stays as well: it is the one that a later period will have been waiting for.
 */
function newestOfEach(rule: string, periodOf: (time: Date) => string, count: number): Keeper {
  let left = count;
  let latest: string | undefined;
  return (time, oldest) => {
    if (left <= 0) return undefined;
    const period = periodOf(time);
    const isNew = period !== latest;
    if (!isNew && !oldest) return undefined;
    latest = period;
    left -= 1;
    return isNew ? `${rule} ${period}` : `oldest ${rule} ${period}`;
  };
}

/** Reckoned from the newest backup, not from now: where backups have ceased, none is lost by waiting. */
function within({ within: length }: KeepRules, newest: Date | undefined): Keeper[] {
  if (length === undefined || newest === undefined) return [];
  const from = momentBefore(newest, length);
  const reason = `within ${formatCalendarLength(length)}`;
  return [(time) => (time > from ? reason : undefined)];
}
