import type { FieldDifference } from "../../compare/document.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import type { Operation } from "../format/change-record.ts";

/** From where an object that was deleted can be restored: a moment just before, or a backup. */
export type RestoreSource = { at: Date } | { backup: string };

/** A change of an object. */
export interface HistoryChange {
  entry: "change";
  /** When it was; of an inferred change, when the object was first seen so. */
  time: Date;
  /** Of an inferred change: the object was still seen as it was before. The change was between the two times. */
  after?: Date;
  /** The resource version of the change; undefined for an inferred one. */
  revision: string | undefined;
  operation: Operation;
  resource: Resource;
  namespace: string | undefined;
  name: string;
  /** The field manager that wrote last; undefined where nothing tells it. */
  manager: string | undefined;
  /** The fields that differ, from before to after; of an object that was created or deleted all of its fields. */
  changes: readonly FieldDifference[];
  /** Of a deletion: from where the object comes back. */
  source?: RestoreSource;
}

/** A time of which the change log has nothing, between two timelines. */
export interface HistoryGap {
  entry: "gap";
  after: Date;
  time: Date;
  /** Why the change log began anew. */
  reason: string;
}

/** What a history tells, in the order of time. */
export type HistoryEntry = HistoryChange | HistoryGap;
