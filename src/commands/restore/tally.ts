import { OUTCOMES, type Outcome, type RestoredItem } from "../../restore/report.ts";

/** What became of an object: as a restore has it, or `deleted` for not being in the backup. */
export type Result = Outcome | "deleted";

/** What became of one object. */
export interface ResultItem extends Omit<RestoredItem, "outcome"> {
  outcome: Result;
  /** Whether it was to be deleted; a failure alone does not tell. */
  deletion?: true;
}

/** All results, in the order in which reports name them. */
export const RESULTS: readonly Result[] = [
  ...OUTCOMES.filter((outcome) => outcome !== "failed"),
  "deleted",
  "failed",
];

/** Counts what becomes of objects, while it happens: what was done is known also where the rest was not. */
export class RestoreTally {
  readonly #byKind = new Map<string, Record<Result, number>>();
  readonly #keeps: (item: ResultItem) => boolean;
  /** The objects that are kept; the others are only counted. */
  readonly items: ResultItem[] = [];
  /** Every failure. */
  readonly failures: ResultItem[] = [];

  /** @param keeps which objects to keep; a cluster can have a million of them. */
  constructor(keeps: (item: ResultItem) => boolean) {
    this.#keeps = keeps;
  }

  /** Counts an object. */
  add(item: ResultItem): void {
    let counts = this.#byKind.get(item.kind);
    if (counts === undefined) {
      counts = none();
      this.#byKind.set(item.kind, counts);
    }
    counts[item.outcome] += 1;
    if (item.outcome === "failed") this.failures.push(item);
    if (this.#keeps(item)) this.items.push(item);
  }

  /** Numbers by kind, in the order in which kinds came. */
  byKind(): Record<string, Record<Result, number>> {
    return Object.fromEntries(this.#byKind);
  }

  /** Number of objects of each result. */
  summary(): Record<Result, number> {
    const sums = none();
    for (const counts of this.#byKind.values()) for (const each of RESULTS) sums[each] += counts[each];
    return sums;
  }
}

function none(): Record<Result, number> {
  return { created: 0, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, failed: 0 };
}
