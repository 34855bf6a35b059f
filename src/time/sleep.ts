import { setTimeout as timer } from "node:timers/promises";

/** The longest pause that a timer of the runtime holds, in milliseconds; a longer one would fire at once. */
const TIMER_MOST = 2 ** 31 - 1;

/**
 * Waits, for as long as it takes: also longer than the runtime's timers can (25 days).
 *
 * @param milliseconds none where it is 0 or less.
 * @throws the signal's reason when it aborts.
 */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let left = milliseconds; left > 0; left -= TIMER_MOST) {
    try {
      await timer(Math.min(left, TIMER_MOST), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
}
