/**
 * The API server's verdict on an object. `accepted`: the API server would create the object; `refused`:
 * it would not, and a restore of the object would fail; `notAsked`: the API server could not be asked.
 */
export type Verdict = "accepted" | "refused" | "notAsked";

/** The verdict on one object. */
export interface RehearsedItem {
  /** `deployments.apps`. */
  resource: string;
  kind: string;
  namespace: string | undefined;
  name: string;
  verdict: Verdict;
  /** Why the object is not accepted. */
  reason?: string;
  /** What the operator can do about the reason. */
  advice?: string;
}

/** The result of a rehearsal. Accepted objects are only counted. */
export class RehearsalReport {
  readonly #byKind = new Map<string, Record<Verdict, number>>();
  readonly #onObject: ((item: RehearsedItem) => void) | undefined;
  /** Every object that is not accepted. */
  readonly items: RehearsedItem[] = [];
  /** What else the operator should know, one sentence each. */
  readonly notes: string[] = [];

  /** @param onObject called for each object that is counted. */
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

  /** Number of objects by kind and verdict. Kinds are in the order of their first object. */
  byKind(): Record<string, Record<Verdict, number>> {
    return Object.fromEntries(this.#byKind);
  }

  /** Number of objects with a verdict, over all kinds. */
  total(verdict: Verdict): number {
    return [...this.#byKind.values()].reduce((sum, counts) => sum + counts[verdict], 0);
  }
}
