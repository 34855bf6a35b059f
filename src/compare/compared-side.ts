import type { Owner } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { Side } from "./document.ts";

/** An object as two sides are compared by: without what belongs to one cluster alone. */
export interface ComparedObject {
  namespace: string | undefined;
  name: string;
  /** JSON on one line, with apiVersion and kind. */
  text: string;
  owners: readonly Owner[];
}

/** One of the two sides of a comparison, as it is read. */
export interface ComparedSide {
  readonly side: Side;
  /** Resources that are compared because this side has them; a cluster is asked for the backup's alone. */
  readonly resources: readonly Resource[];
  /** Names of its namespaces, those left out that backups leave out. */
  readonly namespaces: ReadonlySet<string>;
  /** Resources of which it holds nothing or not all, though they were asked for: they cannot be compared. */
  readonly missing: readonly { resource: string; reason: string }[];
  /** What the reader must know of it, one sentence each. */
  readonly notes: readonly string[];
  /** The resource as this side has it, in the same version where it can; undefined where it has none such. */
  find(resource: Resource): Resource | undefined;
  /**
   * The objects of a resource that {@link find} returned.
   *
   * @param wanted the namespaces to look in, undefined standing for cluster-scoped objects.
   */
  objects(
    resource: Resource,
    wanted: (namespace: string | undefined) => boolean,
    signal: AbortSignal,
  ): AsyncIterable<ComparedObject>;
}
