import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";

import type { UnmetReference } from "./unmet-references.ts";

/**
 * What became of an object. `unchanged`: the object existed, and was equal; `skipped`: the object existed, differs
 * and stays as it is; `updated`: overwritten; `replaced`: deleted and created again.
 */
export type Outcome = "created" | "updated" | "replaced" | "unchanged" | "skipped" | "failed";

/** All outcomes, in the order in which reports name them. */
export const OUTCOMES: readonly Outcome[] = [
  "created",
  "updated",
  "replaced",
  "unchanged",
  "skipped",
  "failed",
];

/** What became of one object. */
export interface RestoredItem {
  /** `deployments.apps`. */
  resource: string;
  kind: string;
  /** Where it is in the cluster; undefined for cluster-scoped objects. */
  namespace: string | undefined;
  name: string;
  outcome: Outcome;
  /** Why it failed, or was skipped; what else there is to know of it. */
  reason?: string;
  /** Whether another client created the object, unlike the backup's, while the restore ran. */
  overtaken?: true;
  /** Whether a policy of the cluster refuses a Pod that no controller made, and nothing else is amiss. */
  policy?: true;
}

/** How many skipped objects a report keeps: a cluster can have a million. */
const SKIPPED_KEPT = 100;

/** What a restore did. */
export class RestoreReport {
  /** Counts by resource: a kind can be in two API groups. */
  readonly #counts = new Map<string, { kind: string; counts: Record<Outcome, number> }>();
  readonly #titles: ReadonlyMap<string, string>;
  readonly #onObject: ((item: RestoredItem) => void) | undefined;
  /** Every failure with its object and reason. */
  readonly failures: RestoredItem[] = [];
  /** The first objects that were skipped, to be named. */
  readonly skipped: RestoredItem[] = [];
  /** PersistentVolumeClaims that were created, as `NAMESPACE/NAME`. */
  readonly createdClaims = new Set<string>();
  /** What else the person should know, one sentence each. */
  readonly notes: string[] = [];
  /** What restored objects name that is neither restored nor in the cluster. */
  readonly unmet: UnmetReference[] = [];

  /**
   * @param onObject told of each object that is counted.
   * @param resources of the backup, in its order.
   */
  constructor(onObject?: (item: RestoredItem) => void, resources: readonly Resource[] = []) {
    this.#onObject = onObject;
    this.#titles = kindTitles(resources);
  }

  /** Counts an object of a resource, with the outcome and the reason. */
  countObject(
    resource: Pick<Resource, "group" | "resource" | "kind">,
    key: ObjectKey,
    {
      outcome,
      reason,
      overtaken,
      policy,
    }: {
      outcome: Outcome;
      reason?: string | undefined;
      overtaken?: boolean | undefined;
      policy?: boolean | undefined;
    },
  ): void {
    this.count({
      resource: resourceName(resource),
      kind: resource.kind,
      ...key,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(overtaken === true ? { overtaken } : {}),
      ...(policy === true ? { policy } : {}),
    });
  }

  /** Counts an object. */
  count(item: RestoredItem): void {
    this.#of(item)[item.outcome] += 1;
    if (item.outcome === "created" && item.resource === "persistentvolumeclaims")
      this.createdClaims.add(`${item.namespace}/${item.name}`);
    if (item.outcome === "failed") this.failures.push(item);
    if (item.outcome === "skipped" && this.skipped.length < SKIPPED_KEPT) this.skipped.push(item);
    this.#onObject?.(item);
  }

  /** Numbers by the title of the kind, in the order in which kinds came. */
  byKind(): Record<string, Record<Outcome, number>> {
    return Object.fromEntries(
      [...this.#counts].map(([name, { kind, counts }]) => [this.#titles.get(name) ?? kind, counts]),
    );
  }

  /** The title of the kind of an object: `Service`, `Service.serving.knative.dev`. */
  kindOf({ resource, kind }: Pick<RestoredItem, "resource" | "kind">): string {
    return this.#titles.get(resource) ?? kind;
  }

  /** Number of objects that were created of a resource, `deployments.apps`. */
  created(resource: string): number {
    return this.#counts.get(resource)?.counts.created ?? 0;
  }

  /** Number of objects of an outcome, over all kinds. */
  total(outcome: Outcome): number {
    return [...this.#counts.values()].reduce((sum, { counts }) => sum + counts[outcome], 0);
  }

  #of({ resource, kind }: RestoredItem): Record<Outcome, number> {
    let entry = this.#counts.get(resource);
    if (entry === undefined) {
      const counts = { created: 0, updated: 0, replaced: 0, unchanged: 0, skipped: 0, failed: 0 };
      entry = { kind, counts };
      this.#counts.set(resource, entry);
    }
    return entry.counts;
  }
}
