/** The span over which the rate is measured, in milliseconds: short enough to follow, long enough to stay calm. */
const SPAN = 15_000;
/** The least time between two samples, in milliseconds. */
const SAMPLE = 250;
/** Below this span in milliseconds there is no rate to speak of. */
const LEAST_SPAN = 1_000;

/** How fast work gets on, measured over the last seconds. Times are in milliseconds. */
export class Pace {
  readonly #samples: { time: number; done: number }[];

  constructor(start: number) {
    this.#samples = [{ time: start, done: 0 }];
  }

  /** So much is done by now, in all. */
  add(time: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && time - last.time < SAMPLE) return;
    this.#samples.push({ time, done });
    while (this.#samples.length > 2 && time - (this.#samples[1]?.time ?? time) >= SPAN) this.#samples.shift();
  }

  /** So much gets done in a second; undefined where that cannot be said yet. */
  perSecond(time: number, done: number): number | undefined {
    const [first] = this.#samples;
    const span = time - (first?.time ?? time);
    if (first === undefined || span < LEAST_SPAN) return undefined;
    return Math.max(0, ((done - first.done) * 1000) / span);
  }
}
