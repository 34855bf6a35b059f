/** Waiting for what takes a moment to come about, by asking again and again. */

import { setTimeout as sleep } from "node:timers/promises";

/** How long a wait may take, and how often it asks; both in ms. A busy machine takes long for what is there at once elsewhere. */
export interface Patience {
  /** Default 90 s. */
  timeoutMs?: number;
  /** Default 50 ms. */
  intervalMs?: number;
}

/**
 * Waits until something holds; while it throws, it does not.
 *
 * @throws {Error} when the time is over, with what was waited for and, as its cause, what was thrown last.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = 90_000, intervalMs = 50 }: Patience = {},
): Promise<void> {
  for (const end = Date.now() + timeoutMs; ; await sleep(intervalMs)) {
    let cause: unknown;
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() <= end) continue;
    const last = cause instanceof Error ? `: ${cause.message}` : "";
    throw new Error(`Not within ${timeoutMs / 1000} s: ${what}${last}`, { cause });
  }
}

/**
 * Waits until `work` throws nothing, and returns what it returns.
 *
 * @throws what it threw last, when the time is over.
 */
export async function untilPasses<T>(
  work: () => Promise<T>,
  { timeoutMs = 90_000, intervalMs = 50 }: Patience = {},
): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; await sleep(intervalMs)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
