/** What a comparison found, as `diff --output json` writes it. docs/schemas/diff.schema.json specifies the document. */

/** One of the two sides. */
export interface Side {
  kind: "backup" | "cluster";
  /** The backup's name, or the cluster's context. */
  name: string;
  /** When the backup was taken or the cluster was read, RFC 3339. */
  time: string;
  /** The address of the API server, only for a cluster. */
  server?: string;
  /** The cluster that made the backup, or that was read; absent where this user may not know it. */
  cluster?: { id: string; name?: string };
}

/** The change of an object from left to right. */
export type Change = "added" | "removed" | "changed";

/**
 * A field that differs. `left` or `right` is absent where that side lacks the field. Numbers that JavaScript
 * cannot represent are raw JSON (`kubernetes/json.ts`): `JSON.stringify` writes them unchanged.
 */
export interface FieldDifference {
  /** Human-readable: `spec.template.spec.containers[name=web].image`. */
  path: string;
  left?: unknown;
  right?: unknown;
  /** Both sides have the same items in another order. `left` and `right` name the items in their order. */
  order?: true;
  /** The cluster sets this field itself when another field of the object changes. */
  follows?: true;
  /** The value is of a Secret, and replaced with `***`. Only the fact of the difference is told. */
  masked?: true;
}

/** An object that differs between the sides. */
export interface ObjectDifference {
  apiVersion: string;
  kind: string;
  /** `deployments.apps`. */
  resource: string;
  namespace: string | null;
  name: string;
  change: Change;
  /** The fields that differ; empty for an added or removed object. */
  fields: FieldDifference[];
  /** The object, if only one side has it. The values of a Secret are masked. */
  object?: unknown;
  /** The object whose change caused this change: the Deployment of a ReplicaSet. */
  follows?: { kind: string; resource: string; namespace: string | null; name: string };
  /** The controllers of the cluster wrote this by themselves: a revision, and its ReplicaSet. */
  byController?: true;
}

/** A comparison. */
export interface Comparison {
  left: Side;
  right: Side;
  summary: { added: number; changed: number; removed: number; alike: number };
  /** How many of the objects that differ the cluster's controllers wrote by themselves; absent if none. */
  byController?: number;
  objects: ObjectDifference[];
  /** Resources that were not compared, since one side could not be read; absent if empty. */
  notCompared?: string[];
  /** What the reader must know, one sentence each. */
  notes: string[];
}
