/** How fast a newer pace replaces an older one, in milliseconds: the mean weighs the last quarter of a minute most. */
const SMOOTHING = 15_000;
/** The minimum interval between two samples, in milliseconds. */
const SAMPLE_INTERVAL = 250;
/** There is no estimate before so much time has passed, in milliseconds, and before so much of the work is done… */
const ENOUGH_TIME = 3_000;
const ENOUGH_WORK = 0.05;
/** …or so much time more: of work that takes hours, a minute is enough. */
const LONG_TIME = 30_000;
/** Where nothing has been done for so long, in milliseconds, nobody knows when it goes on. */
const STALLED = 5_000;

/**
 * Estimates the time until work is done, from an exponential moving average of its rate and the average of all of it. The
 * latter keeps a short pause, or a slow beginning, from making hours of it. Times are in milliseconds, of any clock.
 */
export class Estimate {
  readonly #start: number;
  #time: number;
  #done = 0;
  #progressed: number;
  /** The moving average of the rate, per millisecond, and the weight of all that went into it. */
  #rate = 0;
  #weight = 0;

  constructor(start: number) {
    this.#start = start;
    this.#time = start;
    this.#progressed = start;
  }

  /** Adds a sample. `done` is the total so far. */
  add(time: number, done: number): void {
    const span = time - this.#time;
    if (span < SAMPLE_INTERVAL) return;
    const share = 1 - Math.exp(-span / SMOOTHING);
    this.#rate += share * ((done - this.#done) / span - this.#rate);
    this.#weight += share * (1 - this.#weight);
    if (done > this.#done) this.#progressed = time;
    this.#time = time;
    this.#done = done;
  }

  /** Milliseconds until all is done; undefined where too little is known, or where the work stands still. */
  left(time: number, { done, total }: { done: number; total: number | undefined }): number | undefined {
    if (total === undefined || total <= 0 || this.#weight === 0) return undefined;
    const elapsed = time - this.#start;
    if (elapsed < ENOUGH_TIME || (done < ENOUGH_WORK * total && elapsed < LONG_TIME)) return undefined;
    if (time - this.#progressed >= STALLED) return undefined;
    const rate = (this.#rate / this.#weight + done / elapsed) / 2;
    return rate > 0 ? Math.max(0, (total - done) / rate) : undefined;
  }
}
