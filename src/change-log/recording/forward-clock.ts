import { TimelineEnd } from "./timeline-end.ts";

/** How far a clock may be set back without a word, in milliseconds: time servers correct small steps all the time. */
const SMALL_STEP = 5_000;

/** A clock that never goes back: names and records of a timeline are in the order of time. */
export class ForwardClock {
  readonly #now: () => Date;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * The time; after a small step back the time before it, until the clock has caught up.
   *
   * @throws {TimelineEnd} after a larger step: a moment would be told twice, with two states.
   */
  now(): Date {
    const now = this.#now().getTime();
    if (now < this.#latest - SMALL_STEP)
      throw new TimelineEnd("the clock of this machine was set back", { isExpected: true });
    this.#latest = Math.max(this.#latest, now);
    return new Date(this.#latest);
  }
}
