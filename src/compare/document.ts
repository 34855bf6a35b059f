/** What a comparison found, as `diff --output json` has it; docs/commands/diff.md specifies it. */

/** One of the two sides. */
export interface Side {
  kind: "backup" | "cluster";
  /** The backup's name, or the cluster's context. */
  name: string;
  /** The backup's moment or that of the reading, RFC 3339. */
  time: string;
  /** The API server's address, for a cluster. */
  server?: string;
}

/** How an object's two states differ, from left to right. */
export type Change = "added" | "removed" | "changed";

/**
 * A field that differs. A side that lacks the field lacks the member. Numbers that JavaScript cannot hold
 * are raw JSON (`kubernetes/json.ts`): `JSON.stringify` writes them as they were.
 */
export interface FieldDifference {
  /** For people: `spec.template.spec.containers[name=web].image`. */
  path: string;
  left?: unknown;
  right?: unknown;
  /** Both sides hold the same items, in another order: `left` and `right` name the items in theirs. */
  order?: true;
  /** The cluster writes this field by itself whenever another one of the object differs. */
  follows?: true;
  /** The value is of a Secret: that it differs is all that is told, and `***` stands in its place. */
  masked?: true;
}

/** An object that is not alike on both sides. */
export interface ObjectDifference {
  apiVersion: string;
  kind: string;
  /** `deployments.apps`. */
  resource: string;
  namespace: string | null;
  name: string;
  change: Change;
  /** The fields that differ; for one that is added or removed none. */
  fields: FieldDifference[];
  /** The object, where it is on one side only; a Secret's values are masked. */
  object?: unknown;
  /** The object whose change this one only follows: a ReplicaSet its Deployment. */
  follows?: { kind: string; namespace: string | null; name: string };
}

/** A whole comparison. */
export interface Comparison {
  left: Side;
  right: Side;
  summary: { added: number; changed: number; removed: number; alike: number };
  objects: ObjectDifference[];
  /** Resources of which nothing is known, since one side could not be read; absent where there are none. */
  notCompared?: string[];
  /** What the reader must know, one sentence each. */
  notes: string[];
}
