import { performance } from "node:perf_hooks";
import { sleep } from "../../time/sleep.ts";

/** The longest pause that a Retry-After is granted, in milliseconds. */
const MAX_RETRY_AFTER = 30_000;

/** The clock of a rate limit. */
export interface RateLimitClock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const CLOCK: RateLimitClock = { now: () => performance.now(), sleep };

/** Limits the rate of requests: no more per second than allowed, and none during the pause of a Retry-After. */
export class RateLimit {
  readonly #interval: number;
  readonly #clock: RateLimitClock;
  #nextTurn = 0;
  #heldUntil = 0;

  /** @param maxQps requests per second; no limit by default. */
  constructor(maxQps: number | undefined, clock: RateLimitClock = CLOCK) {
    this.#interval = maxQps === undefined ? 0 : 1000 / maxQps;
    this.#clock = clock;
  }

  /** Waits for the turn of one request. */
  async turn(signal: AbortSignal): Promise<void> {
    const turn = Math.max(this.#clock.now(), this.#nextTurn);
    this.#nextTurn = turn + this.#interval;
    for (;;) {
      // Another 429 may extend the pause meanwhile.
      const left = Math.max(turn, this.#heldUntil) - this.#clock.now();
      if (left <= 0) return;
      await this.#clock.sleep(left, signal);
    }
  }

  /** Holds all requests for a pause, in milliseconds. */
  hold(pause: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + pause);
  }
}

/**
 * Whether an answer rate-limits all requests, since the API server as a whole is overloaded. A 429 for one resource
 * that is not ready has a Status object, with a reason.
 *
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 *
 * @param answer with the reason of the Status object, or "" where the answer has none.
 */
export function isRateLimited({ status, reason }: { status: number; reason: string }): boolean {
  return status === 429 && reason === "";
}

/** The pause of a Retry-After header in seconds, in milliseconds; undefined where the header is absent or no number. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
}

/** How long to pause for a Retry-After, in milliseconds. */
export function grantedPause(retryAfter: number): number {
  return Math.min(retryAfter, MAX_RETRY_AFTER);
}
