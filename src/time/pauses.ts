import { setImmediate } from "node:timers/promises";

/** The longest time without a pause, in milliseconds. */
const INTERVAL = 50;

/**
 * Pauses in long computations, so that signals and timers are not kept waiting.
 */
export class Pauses {
  readonly #clock: () => number;
  #last: number;

  /** @param clock milliseconds of a monotonic clock. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#last = clock();
  }

  /**
   * Lets others run, where the last pause was some time ago.
   *
   * @throws the signal's reason when the signal has aborted.
   */
  async pause(signal: AbortSignal): Promise<void> {
    if (this.#clock() - this.#last < INTERVAL) return;
    await setImmediate();
    signal.throwIfAborted();
    this.#last = this.#clock();
  }
}
