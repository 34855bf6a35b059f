import { kindTitles } from "../kubernetes/kind-titles.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { UnmetReference } from "../restore/report/unmet-references.ts";

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
  /** Whether the API server serves nothing of this resource yet. */
  unserved?: true;
  /** Whether a restore makes the definition of the object first, out of the same backup: no reason to worry. */
  definitionFirst?: true;
}

/** The result of a rehearsal. Accepted objects are only counted. */
export class RehearsalReport {
  /** Counts by resource: a kind can be in two API groups. */
  readonly #counts = new Map<string, { kind: string; counts: Record<Verdict, number> }>();
  readonly #titles: ReadonlyMap<string, string>;
  readonly #onObject: ((item: RehearsedItem) => void) | undefined;
  /** Every object that is not accepted. */
  readonly items: RehearsedItem[] = [];
  /** What else the operator should know, one sentence each. */
  readonly notes: string[] = [];
  /** What objects of the backup name that neither the backup nor this cluster has. */
  readonly unmet: UnmetReference[] = [];

  /**
   * @param onObject called for each object that is counted.
   * @param resources of the backup, in its order.
   */
  constructor(onObject?: (item: RehearsedItem) => void, resources: readonly Resource[] = []) {
    this.#onObject = onObject;
    this.#titles = kindTitles(resources);
  }

  /** Counts an object. */
  count(item: RehearsedItem): void {
    let entry = this.#counts.get(item.resource);
    if (entry === undefined) {
      entry = { kind: item.kind, counts: { accepted: 0, refused: 0, notAsked: 0 } };
      this.#counts.set(item.resource, entry);
    }
    entry.counts[item.verdict] += 1;
    if (item.verdict !== "accepted") this.items.push(item);
    this.#onObject?.(item);
  }

  /** Number of objects by the title of the kind and verdict. Kinds are in the order of their first object. */
  byKind(): Record<string, Record<Verdict, number>> {
    return Object.fromEntries(
      [...this.#counts].map(([name, { kind, counts }]) => [this.#titles.get(name) ?? kind, counts]),
    );
  }

  /** Number of objects that could not be asked about, those aside whose definition a restore makes first. */
  get unresolved(): number {
    return this.total("notAsked") - this.definedFirst;
  }

  /** Number of objects whose definition a restore makes first. */
  get definedFirst(): number {
    return this.items.filter(({ definitionFirst }) => definitionFirst === true).length;
  }

  /** The title of the kind of an object: `Service`, `Service.serving.knative.dev`. */
  kindOf({ resource, kind }: Pick<RehearsedItem, "resource" | "kind">): string {
    return this.#titles.get(resource) ?? kind;
  }

  /** Number of objects with a verdict, over all kinds. */
  total(verdict: Verdict): number {
    return [...this.#counts.values()].reduce((sum, { counts }) => sum + counts[verdict], 0);
  }
}
