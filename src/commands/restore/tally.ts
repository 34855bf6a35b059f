import { OUTCOMES, type Outcome, type RestoredItem } from "../../restore/report/report.ts";

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
  readonly #byKind: Map<string, Record<Result, number>>;
  readonly #keeps: (item: ResultItem) => boolean;
  readonly #items: ResultItem[] = [];
  readonly #failures: ResultItem[] = [];

  /**
   * @param keeps which objects to keep; a cluster can have a million of them.
   * @param kinds those that may come, in the order of reports: objects come as they get done, each time otherwise.
   */
  constructor(keeps: (item: ResultItem) => boolean, kinds: readonly string[]) {
    this.#keeps = keeps;
    this.#byKind = new Map(kinds.map((kind) => [kind, none()]));
  }

  /** The objects that are kept, by kind; the others are only counted. */
  get items(): readonly ResultItem[] {
    return this.#inOrder(this.#items);
  }

  /** Every failure, by kind. */
  get failures(): readonly ResultItem[] {
    return this.#inOrder(this.#failures);
  }

  /** Counts an object. */
  add(item: ResultItem): void {
    let counts = this.#byKind.get(item.kind);
    if (counts === undefined) {
      counts = none();
      this.#byKind.set(item.kind, counts);
    }
    counts[item.outcome] += 1;
    if (item.outcome === "failed") this.#failures.push(item);
    if (this.#keeps(item)) this.#items.push(item);
  }

  /** Numbers by kind, of those that came. */
  byKind(): Record<string, Record<Result, number>> {
    return Object.fromEntries(
      [...this.#byKind].filter(([, counts]) => RESULTS.some((result) => counts[result] > 0)),
    );
  }

  #inOrder(items: readonly ResultItem[]): readonly ResultItem[] {
    const places = new Map([...this.#byKind.keys()].map((kind, place) => [kind, place]));
    const placeOf = ({ kind }: ResultItem) => places.get(kind) ?? places.size;
    return items.toSorted((left, right) => placeOf(left) - placeOf(right));
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
