/** The decision about a Lease that somebody wants, without any I/O. */

/** The facts that the decision depends on. */
export interface LeaseFacts {
  /** The Lease; undefined where there is none. */
  record: { holder: string; term: number | undefined } | undefined;
  /** The identity of whoever wants the Lease. */
  own: string;
  /**
   * How long the Lease has been seen unchanged, in milliseconds, by the clock of whoever wants it. The times in the Lease
   * are of another machine's clock, and are never compared with this one.
   */
  unchangedFor: number;
  /** Whether the holder is a process of this machine that has ended. */
  holderIsGone: boolean;
  /** The term of a Lease that says none, in milliseconds. */
  term: number;
}

/** What to do. Every write is bound to the state that was seen. */
export type LeaseDecision =
  | { action: "create" }
  | { action: "take"; because: "own" | "free" | "gone" | "expired" }
  /** Somebody else holds the Lease, for at most so many milliseconds if it is not renewed. */
  | { action: "wait"; left: number };

/** Decides whether a Lease can be taken. */
export function decideLease({ record, own, unchangedFor, holderIsGone, term }: LeaseFacts): LeaseDecision {
  if (record === undefined) return { action: "create" };
  if (record.holder === "") return { action: "take", because: "free" };
  if (record.holder === own) return { action: "take", because: "own" };
  if (holderIsGone) return { action: "take", because: "gone" };
  const left = (record.term ?? term) - unchangedFor;
  return left <= 0 ? { action: "take", because: "expired" } : { action: "wait", left };
}
