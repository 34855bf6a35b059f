import { OUTCOMES, type Outcome, type RestoredItem } from "../../restore/report/report.ts";

/** The outcome of an object: an outcome of the restore, or `deleted` by prune. */
export type Result = Outcome | "deleted";

/** The outcome of one object. */
export interface ResultItem extends Omit<RestoredItem, "outcome"> {
  outcome: Result;
  /** Whether prune was to delete the object. The outcome `failed` alone does not tell. */
  deletion?: true;
}

/** All results, in the order of reports. */
export const RESULTS: readonly Result[] = [
  ...OUTCOMES.filter((outcome) => outcome !== "failed"),
  "deleted",
  "failed",
];

/** Counts the outcomes of objects as they happen, so that the results of an interrupted restore are known. */
export class RestoreTally {
  readonly #byKind: Map<string, Record<Result, number>>;
  readonly #keeps: (item: ResultItem) => boolean;
  readonly #items: ResultItem[] = [];
  readonly #failures: ResultItem[] = [];
  #overtaken = 0;

  /**
   * @param keeps which objects to keep. A cluster can have a million objects.
   * @param kinds the kinds in the order of reports. Objects finish in any order.
   */
  constructor(keeps: (item: ResultItem) => boolean, kinds: readonly string[]) {
    this.#keeps = keeps;
    this.#byKind = new Map(kinds.map((kind) => [kind, none()]));
  }

  /** The kept objects, by kind. Other objects are only counted. */
  get items(): readonly ResultItem[] {
    return this.#inOrder(this.#items);
  }

  /** All failures, by kind. */
  get failures(): readonly ResultItem[] {
    return this.#inOrder(this.#failures);
  }

  /** Number of objects that another client created, unlike the backup's, while the restore ran. */
  get overtaken(): number {
    return this.#overtaken;
  }

  add(item: ResultItem): void {
    let counts = this.#byKind.get(item.kind);
    if (counts === undefined) {
      counts = none();
      this.#byKind.set(item.kind, counts);
    }
    counts[item.outcome] += 1;
    if (item.overtaken === true) this.#overtaken += 1;
    if (item.outcome === "failed") this.#failures.push(item);
    if (this.#keeps(item)) this.#items.push(item);
  }

  /** Counts by kind, without kinds that have no object. */
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

  /** Number of objects by result. */
  summary(): Record<Result, number> {
    const sums = none();
    for (const counts of this.#byKind.values()) for (const each of RESULTS) sums[each] += counts[each];
    return sums;
  }
}

function none(): Record<Result, number> {
  return { created: 0, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, failed: 0 };
}
