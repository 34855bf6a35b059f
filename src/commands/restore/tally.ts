import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { objectTitle, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { OUTCOMES, type Outcome, type RestoredItem } from "../../restore/report/report.ts";
import { namesInOrder } from "../../restore/rounds/order.ts";

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
  /** Counts by resource: a kind can be in two API groups. */
  readonly #counts: Map<string, Record<Result, number>>;
  readonly #titles: Map<string, string>;
  readonly #keeps: (item: ResultItem) => boolean;
  readonly #items: ResultItem[] = [];
  readonly #failures: ResultItem[] = [];
  #overtaken = 0;

  /**
   * @param keeps which objects to keep. A cluster can have a million objects.
   * @param resources the resources of the backup, in its order. Objects finish in any order, and reports are in the
   * order of the restore.
   */
  constructor(keeps: (item: ResultItem) => boolean, resources: readonly Resource[]) {
    this.#keeps = keeps;
    this.#titles = kindTitles(resources);
    this.#counts = new Map(namesInOrder(resources.map(resourceName)).map((name) => [name, none()]));
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
    let counts = this.#counts.get(item.resource);
    if (counts === undefined) {
      counts = none();
      this.#counts.set(item.resource, counts);
      this.#titles.set(item.resource, item.kind);
    }
    counts[item.outcome] += 1;
    if (item.overtaken === true) this.#overtaken += 1;
    if (item.outcome === "failed") this.#failures.push(item);
    if (this.#keeps(item)) this.#items.push(item);
  }

  /** Counts by resource, without resources that have no object, each with the title of its kind. */
  byResource(): { resource: string; title: string; counts: Record<Result, number> }[] {
    return [...this.#counts]
      .filter(([, counts]) => RESULTS.some((result) => counts[result] > 0))
      .map(([resource, counts]) => ({ resource, title: this.#titles.get(resource) ?? resource, counts }));
  }

  /** The title of the kind of an object: `Service`, `Service.serving.knative.dev`. */
  kindOf({ resource, kind }: Pick<ResultItem, "resource" | "kind">): string {
    return this.#titles.get(resource) ?? kind;
  }

  /** `Deployment shop/web`, `Service.serving.knative.dev shop/hello`. */
  titleOf(item: Pick<ResultItem, "resource" | "kind" | "namespace" | "name">): string {
    return objectTitle(this.kindOf(item), item);
  }

  #inOrder(items: readonly ResultItem[]): readonly ResultItem[] {
    const places = new Map([...this.#counts.keys()].map((name, place) => [name, place]));
    const placeOf = ({ resource }: ResultItem) => places.get(resource) ?? places.size;
    return items.toSorted((left, right) => placeOf(left) - placeOf(right));
  }

  /** Number of objects by result. */
  summary(): Record<Result, number> {
    const sums = none();
    for (const counts of this.#counts.values()) for (const each of RESULTS) sums[each] += counts[each];
    return sums;
  }
}

function none(): Record<Result, number> {
  return { created: 0, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, failed: 0 };
}
