/**
 * When the next backup is due. The store decides, not the process: a restart neither skips a backup
 * nor takes one too many.
 */

/** Least and most pause after a failed backup, in milliseconds. */
const RETRY_PAUSE_LEAST = 5_000;
const RETRY_PAUSE_MOST = 5 * 60_000;

/** The moment at which a backup is due: `frequency` milliseconds after the newest, now where there is none. */
export function nextDue({
  newest,
  frequency,
  now,
}: {
  newest: Date | undefined;
  frequency: number;
  now: Date;
}): Date {
  if (newest === undefined) return now;
  const due = newest.getTime() + frequency;
  return due <= now.getTime() ? now : new Date(due);
}

/**
 * The pause before a failed backup is tried again, in milliseconds: 5 s, doubling to 5 minutes, but
 * never longer than the interval itself.
 *
 * @param failures how many have failed in a row, at least 1.
 */
export function pauseAfter(failures: number, frequency: number): number {
  const pause = RETRY_PAUSE_LEAST * 2 ** Math.min(failures - 1, 20);
  return Math.min(pause, RETRY_PAUSE_MOST, frequency);
}
