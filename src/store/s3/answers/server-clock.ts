/** A request of which the answer's time is awaited. */
export interface TimedRequest {
  /** @param date the answer's header "Date". */
  answered(date: string | undefined): void;
}

/** The header tells whole seconds, rounded down: on average the server's clock is half a second later. */
const HALF_SECOND = 500;

/** An answer that took longer, in milliseconds, tells too little of the time at which the server wrote the header. */
const SLOW = 20_000;

/** How far a server's clock is from this machine's, by the times of its answers. */
export class ServerClock {
  readonly #now: () => Date;
  #skew: number | undefined;

  /** @param now this machine's clock. */
  constructor(now: () => Date) {
    this.#now = now;
  }

  /** By how many milliseconds the server's clock is ahead; undefined before the first answer with a time. */
  get skew(): number | undefined {
    return this.#skew;
  }

  /** To be called when a request is sent. */
  start(): TimedRequest {
    const sent = this.#now().getTime();
    return {
      answered: (date) => {
        const skew = skewOf(date, { sent, received: this.#now().getTime() });
        if (skew !== undefined) this.#skew = skew;
      },
    };
  }
}

/**
 * By how many milliseconds a clock is ahead that has written a date between two moments of this machine's clock.
 * Undefined where there is no date, or the moments are too far apart.
 */
function skewOf(
  date: string | undefined,
  { sent, received }: { sent: number; received: number },
): number | undefined {
  const written = date === undefined ? Number.NaN : Date.parse(date);
  const took = received - sent;
  if (Number.isNaN(written) || took < 0 || took > SLOW) return undefined;
  return written + HALF_SECOND - (sent + took / 2);
}
