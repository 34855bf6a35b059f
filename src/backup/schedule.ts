/**
 * When the next backup is due. The newest backup in the store decides, not the process: a restart neither
 * skips a backup nor takes an extra one.
 */

/** Bounds of the backoff after a failed backup, in milliseconds. */
const MIN_BACKOFF = 5_000;
const MAX_BACKOFF = 5 * 60_000;

/** When a backup is due: `frequency` milliseconds after the newest backup, or now without a backup. */
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
 * The exponential backoff before a failed backup is retried, in milliseconds: 5 s, doubling up to 5 minutes,
 * but at most the interval between backups.
 *
 * @param failures number of consecutive failures, at least 1.
 */
export function backoffAfter(failures: number, frequency: number): number {
  const backoff = MIN_BACKOFF * 2 ** Math.min(failures - 1, 20);
  return Math.min(backoff, MAX_BACKOFF, frequency);
}
