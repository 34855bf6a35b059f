import { setTimeout as timer } from "node:timers/promises";

/** The maximum delay of a Node.js timer, in milliseconds. A timer with a longer delay fires immediately. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/**
 * Sleeps, also for longer than the maximum delay of a Node.js timer (25 days).
 *
 * @param milliseconds returns immediately if 0 or less.
 * @throws the signal's reason when the signal aborts.
 */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let left = milliseconds; left > 0; left -= MAX_TIMER_DELAY) {
    try {
      await timer(Math.min(left, MAX_TIMER_DELAY), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
}
