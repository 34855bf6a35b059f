import { formatAge, formatDuration } from "../terminal/duration.ts";

/** How old the newest backup may be. */
export interface Freshness {
  /** MAXRESTOREAGE in milliseconds; undefined where it is not set. */
  maxRestoreAge: number | undefined;
  /** The time from one backup to the next, in milliseconds; undefined where nobody has said. */
  interval: number | undefined;
}

/**
 * Why nobody should rely on the backups: a clause after "Cannot rely on the backups: ". Undefined where the newest is
 * young enough, and where nothing says how old it may be.
 */
export function describeStale(
  newest: { name: string; age: number } | undefined,
  { maxRestoreAge, interval }: Freshness,
): string | undefined {
  if (maxRestoreAge === undefined && interval === undefined) return undefined;
  if (newest === undefined) return "there is none of this cluster that can be read";
  const isOld = `the newest that can be read, ${newest.name}, is of ${formatAge(newest.age)}`;
  if (maxRestoreAge !== undefined && newest.age > maxRestoreAge)
    return `${isOld}, and MAXRESTOREAGE is ${formatDuration(maxRestoreAge)}`;
  if (interval !== undefined && newest.age > 2 * interval)
    return `${isOld}, more than two intervals of ${formatDuration(interval)}`;
  return undefined;
}

/** The interval of the loop that took a backup, in milliseconds; undefined where nothing says it, or it was taken by hand. */
export function intervalOf(taken: { intervalSeconds?: number | undefined } | undefined): number | undefined {
  const seconds = taken?.intervalSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}
