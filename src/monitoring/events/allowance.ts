/** How many events there may be at once, and how soon there may be one more, in milliseconds. */
const BURST = 15;
const EACH = 60_000;

/** Holds to the rate that an API server expects of events, whatever happens. */
export class Allowance {
  #left = BURST;
  #since: number | undefined;

  /** Whether one more is allowed at a time; it counts then. */
  take(at: Date): boolean {
    const now = at.getTime();
    const since = this.#since ?? now;
    const earned = Math.max(0, Math.floor((now - since) / EACH));
    this.#since = this.#left + earned >= BURST ? now : since + earned * EACH;
    this.#left = Math.min(BURST, this.#left + earned);
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
