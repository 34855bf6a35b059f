/** The JSON of `kube-backup log`. docs/schemas/log.schema.json specifies it. */

import type { HistoryChange, HistoryEntry } from "../../change-log/history/history-entry.ts";
import type { FieldDifference } from "../../compare/document.ts";
import { apiVersion, resourceName } from "../../kubernetes/resource.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** A change, or a gap of the change log. */
export type HistoryItem = ChangeItem | GapItem;

interface ChangeItem {
  time: string;
  /** Only of a change that was inferred: it was between the two times. */
  after?: string;
  revision: string | null;
  operation: "create" | "update" | "delete";
  apiVersion: string;
  resource: string;
  kind: string;
  namespace: string | null;
  name: string;
  manager: string | null;
  /** The paths of the fields that differ. */
  fields: string[];
  changes: readonly FieldDifference[];
  /** With --deleted: the command that brings it back. */
  restore?: string;
}

interface GapItem {
  operation: "gap";
  after: string;
  time: string;
  reason: string;
}

/** An entry of a history in JSON. */
export function historyItem(entry: HistoryEntry): HistoryItem {
  if (entry.entry === "gap") {
    const { after, time, reason } = entry;
    return { operation: "gap", after: rfc3339(after), time: rfc3339(time), reason };
  }
  const { time, after, revision, operation, resource, namespace, name, manager, changes } = entry;
  return {
    time: rfc3339(time),
    ...(after === undefined ? {} : { after: rfc3339(after) }),
    ...{ revision: revision ?? null, operation },
    ...{ apiVersion: apiVersion(resource), resource: resourceName(resource), kind: resource.kind },
    ...{ namespace: namespace ?? null, name, manager: manager ?? null },
    fields: changes.map(({ path }) => path),
    changes,
  };
}

/** An object that is gone, with the command that brings it back. */
export function goneItem(change: HistoryChange, restore: string | undefined): HistoryItem {
  return { ...(historyItem(change) as ChangeItem), ...(restore === undefined ? {} : { restore }) };
}
