/** What became of an object. */
export type Outcome = "created" | "unchanged" | "skipped" | "failed";

/** All outcomes, in the order in which reports name them. */
export const OUTCOMES: readonly Outcome[] = ["created", "unchanged", "skipped", "failed"];

/** An object that a restore could not bring back, and why. */
export interface Failure {
  kind: string;
  namespace: string | undefined;
  name: string;
  reason: string;
}

/** What a restore did. `unchanged`: it was there, and equal; `skipped`: it was there, and differs. */
export class RestoreReport {
  readonly #byKind = new Map<string, Record<Outcome, number>>();
  /** Every failure with its object and reason. */
  readonly failures: Failure[] = [];
  /** What else the person should know, one sentence each. */
  readonly notes: string[] = [];

  /** Counts an object. */
  count(kind: string, outcome: Exclude<Outcome, "failed">): void {
    this.#of(kind)[outcome] += 1;
  }

  /** Counts an object that failed. */
  fail(failure: Failure): void {
    this.#of(failure.kind).failed += 1;
    this.failures.push(failure);
  }

  /** Numbers by kind, in the order in which kinds came. */
  byKind(): Record<string, Record<Outcome, number>> {
    return Object.fromEntries(this.#byKind);
  }

  /** Number of objects of an outcome, over all kinds. */
  total(outcome: Outcome): number {
    return [...this.#byKind.values()].reduce((sum, counts) => sum + counts[outcome], 0);
  }

  #of(kind: string): Record<Outcome, number> {
    let counts = this.#byKind.get(kind);
    if (counts === undefined) {
      counts = { created: 0, unchanged: 0, skipped: 0, failed: 0 };
      this.#byKind.set(kind, counts);
    }
    return counts;
  }
}
