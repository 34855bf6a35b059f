import type { HistoryChange, HistoryEntry } from "../../change-log/history/history-entry.ts";
import { planFromStore } from "../../change-log/history/list-history.ts";
import type { HistoryRange } from "../../change-log/history/plan-history.ts";
import { HistoryReader } from "../../change-log/history/read-history.ts";
import type { HistorySelection } from "../../change-log/history/record-walk.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import { pageObjects } from "../../compare/html/data/page-object.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import { apiVersion, resourceName } from "../../kubernetes/resource.ts";
import type { PageObject } from "../../pages/browser/diff/data.ts";
import type { UiChange, UiEntry, UiHistory } from "../../pages/browser/ui/data.ts";
import type { Store } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { restoreCommand } from "../log/gone-text.ts";
import { isNamed } from "./commands-to-copy.ts";

/** Entries of one answer, the latest. */
const MOST = 300;

/** Options of {@link viewHistory}. */
export interface HistoryQuestion {
  store: Store;
  resources: readonly Resource[];
  selection: HistorySelection;
  range: HistoryRange;
}

/**
 * What changed in a range, the latest first.
 *
 * @throws {OperatorError} where the store, a segment or a backup cannot be read.
 */
export async function viewHistory(
  { store, resources, selection, range }: HistoryQuestion,
  signal: AbortSignal,
): Promise<UiHistory> {
  const source = { store, reader: new SegmentReader(store) };
  const notes: string[] = [];
  const reader = new HistoryReader({
    ...{ ...source, resources, selection, range },
    onNote: (note) => notes.push(note),
  });
  // Twice as many are held before the earlier half goes: each is dropped once.
  let latest: HistoryEntry[] = [];
  let total = 0;
  for await (const entry of reader.read(await planFromStore(source, range, signal), signal)) {
    total += 1;
    latest.push(entry);
    if (latest.length >= 2 * MOST) latest = latest.slice(-MOST);
  }
  latest = latest.slice(-MOST);
  const until = reader.reached !== undefined && reader.reached < range.until ? reader.reached : range.until;
  return {
    entries: latest.map((entry) => entryOf(entry, resources)).reverse(),
    earlier: total - latest.length,
    since: rfc3339(range.since),
    until: rfc3339(until),
    notes,
    commands: [],
  };
}

function entryOf(entry: HistoryEntry, resources: readonly Resource[]): UiEntry {
  if (entry.entry === "gap")
    return { gap: entry.reason, after: entry.after.toISOString(), time: entry.time.toISOString() };
  return changeOf(entry, resources);
}

function changeOf(change: HistoryChange, resources: readonly Resource[]): UiChange {
  const { time, after, operation, manager, resource, namespace, name } = change;
  const restore = isNamed(change) ? restoreCommand(change, resources) : undefined;
  return {
    time: time.toISOString(),
    ...(after === undefined ? {} : { after: after.toISOString() }),
    ...{ operation, manager: manager ?? null },
    object: { resource: resourceName(resource), kind: resource.kind, namespace: namespace ?? null, name },
    details: detailsOf(change),
    ...(restore === undefined ? {} : { restore }),
  };
}

/** A change as a page shows what differs. */
function detailsOf({ resource, namespace, name, changes }: HistoryChange): PageObject {
  const sides = { kind: "backup" as const, name: "", time: "" };
  const object = {
    ...{ apiVersion: apiVersion(resource), kind: resource.kind, resource: resourceName(resource) },
    ...{ namespace: namespace ?? null, name, change: "changed" as const, fields: [...changes] },
  };
  const summary = { added: 0, changed: 1, removed: 0, alike: 0 };
  const comparison = { left: sides, right: sides, summary, objects: [object], notes: [] };
  return [...pageObjects(comparison)][0] as PageObject;
}
