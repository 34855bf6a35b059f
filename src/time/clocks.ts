/** The two clocks of a machine. */
export interface Clocks {
  /** The wall clock, which people and other machines set. */
  now: () => Date;
  /** Milliseconds of a clock that nobody sets, and that stands still while the machine sleeps. */
  monotonic: () => number;
}

/** One moment by both clocks. */
export interface Instant {
  wall: number;
  monotonic: number;
}

/** This moment. */
export function instant({ now, monotonic }: Clocks): Instant {
  return { wall: now().getTime(), monotonic: monotonic() };
}

/**
 * The most time that may have passed since a moment, in milliseconds: the wall clock counts the sleep of the machine, and
 * the other clock counts what a wall clock that was set back hides.
 */
export function longestSince(since: Instant, clocks: Clocks): number {
  const now = instant(clocks);
  return Math.max(now.wall - since.wall, now.monotonic - since.monotonic);
}
