/**
 * What the API server says of an object today. `accepted`: it would take it; `refused`: it would not,
 * and a restore would fail here; `notAsked`: the question could not be put.
 */
export type Verdict = "accepted" | "refused" | "notAsked";

/** What was said of one object. */
export interface RehearsedItem {
  /** `deployments.apps`. */
  resource: string;
  kind: string;
  namespace: string | undefined;
  name: string;
  verdict: Verdict;
  /** Why it is not accepted. */
  reason?: string;
  /** What to do about that. */
  advice?: string;
}

/** What a rehearsal found. Of objects that are accepted, only their number is kept. */
export class RehearsalReport {
  readonly #byKind = new Map<string, Record<Verdict, number>>();
  readonly #onObject: ((item: RehearsedItem) => void) | undefined;
  /** Every object that is not accepted. */
  readonly items: RehearsedItem[] = [];
  /** What else the person should know, one sentence each. */
  readonly notes: string[] = [];

  /** @param onObject told of each object that is counted. */
  constructor(onObject?: (item: RehearsedItem) => void) {
    this.#onObject = onObject;
  }

  /** Counts an object. */
  count(item: RehearsedItem): void {
    let counts = this.#byKind.get(item.kind);
    if (counts === undefined) {
      counts = { accepted: 0, refused: 0, notAsked: 0 };
      this.#byKind.set(item.kind, counts);
    }
    counts[item.verdict] += 1;
    if (item.verdict !== "accepted") this.items.push(item);
    this.#onObject?.(item);
  }

  /** Numbers by kind, in the order in which kinds came. */
  byKind(): Record<string, Record<Verdict, number>> {
    return Object.fromEntries(this.#byKind);
  }

  /** Number of objects of a verdict, over all kinds. */
  total(verdict: Verdict): number {
    return [...this.#byKind.values()].reduce((sum, counts) => sum + counts[verdict], 0);
  }
}
