import type { Owner } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { Side } from "./document.ts";

/** An object without the fields that are specific to one cluster. */
export interface ComparedObject {
  namespace: string | undefined;
  name: string;
  /** JSON on one line, including apiVersion and kind. */
  text: string;
  owners: readonly Owner[];
}

/** An object of the cluster that backups leave out by a label: it is not compared with anything. */
export interface ExcludedObject {
  namespace: string | undefined;
  name: string;
  excluded: true;
}

/** A reader of one of the two sides of a comparison. */
export interface ComparedSide {
  readonly side: Side;
  /** Resources that this side adds to the comparison: of a cluster none, since only resources of the backup are compared. */
  readonly resources: readonly Resource[];
  /** Names of the namespaces, without those that backups leave out. */
  readonly namespaces: ReadonlySet<string>;
  /** Whether this side knows what is in a namespace: what the other side has of others is not compared. */
  covers(namespace: string): boolean;
  /** Resources of which this side lacks objects unintentionally: they cannot be compared. */
  readonly missing: readonly { resource: string; reason: string }[];
  /** Names of the resources of which this side has finished objects too; of a cluster those that were asked for. */
  readonly keepFinished: ReadonlySet<string>;
  /** What the reader must know of this side, one sentence each. */
  readonly notes: readonly string[];
  /** Returns the resource of this side, in the same version if possible. Undefined where this side lacks the resource. */
  find(resource: Resource): Resource | undefined;
  /**
   * Yields the objects of a resource that {@link find} returned, in the order of keys where possible. The text of an
   * object may be read until the next object is asked for.
   *
   * @param wanted whether to read a namespace. Cluster-scoped objects have the namespace undefined.
   */
  objects(
    resource: Resource,
    wanted: (namespace: string | undefined) => boolean,
    signal: AbortSignal,
  ): AsyncIterable<ComparedObject | ExcludedObject>;
}
