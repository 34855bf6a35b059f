import { performance } from "node:perf_hooks";
import { sleep } from "../../time/sleep.ts";

/** The clock of a rate limit. */
export interface PaceClock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const CLOCK: PaceClock = { now: () => performance.now(), sleep };

/** Limits the rate of requests: no more per second than allowed, and none during the pause of a Retry-After. */
export class RateLimit {
  readonly #interval: number;
  readonly #clock: PaceClock;
  #nextTurn = 0;
  #heldUntil = 0;

  /** @param maxQps requests per second; no limit by default. */
  constructor(maxQps: number | undefined, clock: PaceClock = CLOCK) {
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

  /** Holds all requests for so many milliseconds. */
  hold(pause: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + pause);
  }
}
