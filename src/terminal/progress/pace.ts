/**
 * The period over which the rate is measured, in milliseconds: short enough to follow changes, long enough for a
 * steady figure.
 */
const WINDOW = 15_000;
/** The minimum interval between two samples, in milliseconds. */
const SAMPLE_INTERVAL = 250;
/** The minimum period for a rate, in milliseconds. */
const MIN_WINDOW = 1_000;

/** Measures the rate of work over the last seconds. Times are in milliseconds. */
export class Pace {
  readonly #samples: { time: number; done: number }[];

  constructor(start: number) {
    this.#samples = [{ time: start, done: 0 }];
  }

  /** Adds a sample. `done` is the total so far. */
  add(time: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && time - last.time < SAMPLE_INTERVAL) return;
    this.#samples.push({ time, done });
    while (this.#samples.length > 2 && time - (this.#samples[1]?.time ?? time) >= WINDOW)
      this.#samples.shift();
  }

  /** The rate per second; undefined while the measured period is too short. */
  perSecond(time: number, done: number): number | undefined {
    const [first] = this.#samples;
    const span = time - (first?.time ?? time);
    if (first === undefined || span < MIN_WINDOW) return undefined;
    return Math.max(0, ((done - first.done) * 1000) / span);
  }
}
