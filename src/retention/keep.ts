/**
 * Decides which backups to keep, without I/O. The algorithm is restic's, which users already know.
 * https://restic.readthedocs.io/en/stable/060_forget.html
 */

import { formatCalendarLength, momentBefore } from "../time/calendar-length.ts";
import { PERIODS } from "./periods.ts";
import { FROM_FUTURE, NEWEST_VALID } from "./reasons.ts";
import type { KeepRules } from "./rules.ts";

/** The input of {@link decideKeeping} besides the backups and the rules. */
export interface KeepFacts {
  now: Date;
  /** Name of the newest valid backup, which is kept regardless of the rules. */
  newestValid: string | undefined;
}

/** Whether to keep a backup, and why. */
export interface Decision<Backup> {
  backup: Backup;
  keep: boolean;
  /** Every rule that keeps the backup: `last 3`, `daily 2026-01-31`, `within 7d`; or the only reason for removal. */
  reasons: string[];
}

/** The reason for every removal. */
const NO_RULE = "no rule keeps it";

/**
 * Decides for each backup whether to keep the backup. Periods are in UTC.
 *
 * A backup from the future, made under a wrong clock, is kept and does not count against the rules:
 * otherwise the backup would displace a backup that is needed.
 *
 * @param backups in any order.
 * @returns one decision per backup, oldest first.
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
    .map((backup) => ({ backup, keep: true, reasons: [FROM_FUTURE] }));
  for (const [index, backup] of past.entries()) {
    const oldest = index === past.length - 1;
    const reasons = keepers
      .map((keeper) => keeper(backup.time, oldest))
      .filter((reason) => reason !== undefined);
    if (backup.name === newestValid) reasons.push(NEWEST_VALID);
    const keep = reasons.length > 0;
    decisions.push({ backup, keep, reasons: keep ? reasons : [NO_RULE] });
  }
  return decisions.reverse();
}

/** A stateful rule. Called for each backup, newest first; returns the reason for keeping the backup, if any. */
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
 * Keeps the newest backup of each of the latest `count` periods. While there are fewer periods, the rule
 * also keeps the oldest backup, which a longer history needs later.
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

/** Counts from the newest backup, not from now: if backups have stopped, no backup expires. */
function within({ within: length }: KeepRules, newest: Date | undefined): Keeper[] {
  if (length === undefined || newest === undefined) return [];
  const from = momentBefore(newest, length);
  const reason = `within ${formatCalendarLength(length)}`;
  return [(time) => (time > from ? reason : undefined)];
}
