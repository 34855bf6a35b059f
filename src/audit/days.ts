/** What was done with the backups of a store day by day, without I/O. */

/** A backup, by its note: the archive may be gone. */
export interface TakenBackup {
  name: string;
  time: Date;
  /** Whose backup it is: backups of one cluster, or of one and the one in whose place it came, follow each other. */
  lineage: string;
  /** Time to the next one, in milliseconds; undefined where no loop took it. */
  interval: number | undefined;
}

/** Something that was done with a backup. */
export interface Deed {
  kind: "verified" | "rehearsed" | "restored";
  backup: string;
  time: Date;
  /** Whether it went well. */
  isGood: boolean;
}

/** One day, in UTC. */
export interface Day {
  /** `2026-01-31`. */
  date: string;
  taken: number;
  /** Backups that were due and did not come. */
  missed: number;
  verified: number;
  rehearsed: number;
  /** Rehearsals that found something that would be refused. */
  refused: number;
  restored: number;
  /** Restores that did not end well. */
  failed: number;
}

/** What is due is missed once it is late by half an interval: a backup takes its time, and a loop tries again. */
const LATE = 1.5;

/** The days from one moment to another, oldest first, each with what was done then. */
export function daysOf(
  { backups, deeds }: { backups: readonly TakenBackup[]; deeds: readonly Deed[] },
  { from, until }: { from: Date; until: Date },
): Day[] {
  const days = new Map<string, Day>();
  for (let day = startOf(from); day <= until.getTime(); day += DAY) {
    const date = dateOf(new Date(day));
    days.set(date, {
      date,
      ...{ taken: 0, missed: 0, verified: 0, rehearsed: 0, refused: 0, restored: 0, failed: 0 },
    });
  }
  const count = (time: Date, what: Exclude<keyof Day, "date">) => {
    if (time < from || time > until) return;
    const day = days.get(dateOf(time));
    if (day !== undefined) day[what] += 1;
  };
  for (const { time } of backups) count(time, "taken");
  for (const time of missedOf(backups, until)) count(time, "missed");
  for (const { kind, time, isGood } of deeds) {
    count(time, kind);
    if (isGood) continue;
    if (kind === "rehearsed") count(time, "refused");
    if (kind === "restored") count(time, "failed");
  }
  return [...days.values()];
}

const DAY = 86_400_000;

function startOf(time: Date): number {
  return Math.floor(time.getTime() / DAY) * DAY;
}

function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/**
 * When backups were due that did not come: by the interval of the one before, up to the next one of the lineage, or to the
 * end. A backup by hand puts the next one off, as it does for the loop.
 */
export function missedOf(backups: readonly TakenBackup[], until: Date): Date[] {
  const missed: Date[] = [];
  for (const ofOne of Map.groupBy(backups, ({ lineage }) => lineage).values()) {
    const inOrder = ofOne.toSorted((one, other) => one.time.getTime() - other.time.getTime());
    let interval: number | undefined;
    for (const [index, backup] of inOrder.entries()) {
      interval = backup.interval ?? interval;
      if (interval === undefined || interval <= 0) continue;
      const begin = backup.time.getTime();
      const end = inOrder[index + 1]?.time.getTime() ?? until.getTime();
      const due = Math.ceil((end - begin) / interval - LATE);
      for (let number = 1; number <= due; number += 1) missed.push(new Date(begin + number * interval));
    }
  }
  return missed;
}

/** The sums of all days. */
export function totalOf(days: readonly Day[]): Omit<Day, "date"> {
  const sum = (what: Exclude<keyof Day, "date">) => days.reduce((total, day) => total + day[what], 0);
  return {
    taken: sum("taken"),
    missed: sum("missed"),
    verified: sum("verified"),
    rehearsed: sum("rehearsed"),
    refused: sum("refused"),
    restored: sum("restored"),
    failed: sum("failed"),
  };
}
