import { performance } from "node:perf_hooks";
import { sleep } from "../../time/sleep.ts";

/** What a pace has of the outside world. */
export interface PaceClock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const CLOCK: PaceClock = { now: () => performance.now(), sleep };

/** When requests may be sent: no more a second than is allowed, and none while the API server asked for a pause. */
export class RequestPace {
  readonly #interval: number;
  readonly #clock: PaceClock;
  #nextTurn = 0;
  #heldUntil = 0;

  /** @param maxQps requests a second; without it as many as there are. */
  constructor(maxQps: number | undefined, clock: PaceClock = CLOCK) {
    this.#interval = maxQps === undefined ? 0 : 1000 / maxQps;
    this.#clock = clock;
  }

  /** Waits for the turn of one request. */
  async turn(signal: AbortSignal): Promise<void> {
    const turn = Math.max(this.#clock.now(), this.#nextTurn);
    this.#nextTurn = turn + this.#interval;
    for (;;) {
      // Whoever waits may be held up meanwhile.
      const left = Math.max(turn, this.#heldUntil) - this.#clock.now();
      if (left <= 0) return;
      await this.#clock.sleep(left, signal);
    }
  }

  /** Lets no request pass for so many milliseconds. */
  hold(pause: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + pause);
  }
}
