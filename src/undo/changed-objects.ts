import type { Archive } from "../archive/reader.ts";
import type { HistoryChange } from "../change-log/history/history-entry.ts";
import type { KnownStates } from "../change-log/history/known-states.ts";
import { planFromStore } from "../change-log/history/list-history.ts";
import { HistoryReader } from "../change-log/history/read-history.ts";
import { SegmentReader } from "../change-log/replay/segment-reader.ts";
import { OperatorError } from "../errors.ts";
import { keyText } from "../kubernetes/object-order.ts";
import { type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import type { Store } from "../store/contract/store.ts";

/** What changed since a moment. */
export interface ChangedObjects {
  /** The objects that changed, of those that are selected. */
  selection: Selection;
  /** Their states as the changes left them. */
  last: KnownStates;
  /** The fields of each, by {@link idOf}, that several field managers have written among the changes. */
  contested: ReadonlyMap<string, readonly string[]>;
  /** Up to when all changes are known. */
  reached: Date;
  /** One sentence for each thing that somebody must know. */
  notes: string[];
}

/** Options of {@link readChangedObjects}. */
export interface ChangedObjectsOptions {
  store: Store;
  /** The state at the moment. */
  archive: Archive;
  /** Which of its objects are meant. */
  selection: Selection;
  since: Date;
  now: Date;
}

/**
 * Reads from the change log what changed since a moment.
 *
 * @throws {OperatorError} where the change log has nothing of the time.
 */
export async function readChangedObjects(
  { store, archive, selection, since, now }: ChangedObjectsOptions,
  signal: AbortSignal,
): Promise<ChangedObjects> {
  const range = { since, until: now };
  const segments = new SegmentReader(store);
  const parts = await planFromStore({ store, reader: segments }, range, signal);
  const ids = await selectedIds(archive, selection, signal);
  const selected = onlyOf(selection, ids);
  const notes: string[] = [];
  const reader = new HistoryReader({
    ...{ store, reader: segments, resources: archive.manifest.resources, range },
    selection: { exact: selected, wide: selected },
    onNote: (note) => notes.push(note),
  });
  const changed = new Set<string>();
  const writers = new Map<string, Map<string, Set<string>>>();
  for await (const entry of reader.read(parts, signal)) {
    if (entry.entry === "change") {
      changed.add(idOf(entry.resource, entry));
      noteWriters(writers, entry);
    } else
      notes.push(
        `The change log has a gap from ${entry.after.toISOString()} to ${entry.time.toISOString()}: what changed in it counts as changed since`,
      );
  }
  const { states: last, reached } = reader;
  if (last === undefined || reached === undefined)
    throw new OperatorError(
      `Cannot undo what changed since ${since.toISOString()}: ${store.url} has no change log of that time`,
      { advice: "Set CHANGE_LOG for the time to come; kube-backup restore --at restores a moment" },
    );
  const contested = new Map([...writers].map(([id, ofFields]) => [id, contestedOf(ofFields)]));
  return { selection: onlyOf(selection, changed), last, contested, reached, notes };
}

/** Notes which field managers have written which fields. */
function noteWriters(
  writers: Map<string, Map<string, Set<string>>>,
  { resource, namespace, name, operation, manager = "", changes }: HistoryChange,
): void {
  if (operation !== "update") return;
  const id = idOf(resource, { namespace, name });
  const ofFields = writers.get(id) ?? new Map<string, Set<string>>();
  writers.set(id, ofFields);
  for (const { path } of changes) ofFields.set(path, (ofFields.get(path) ?? new Set()).add(manager));
}

function contestedOf(ofFields: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...ofFields].flatMap(([path, { size }]) => (size > 1 ? [path] : []));
}

/** The objects that are meant, by the state at the moment: labels may be what changed since. */
async function selectedIds(
  archive: Archive,
  selection: Selection,
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = new Set<string>();
  const parse = (text: string) => JSON.parse(text) as SelectableObject;
  const isWanted = (namespace: string | undefined) =>
    namespace === undefined || selection.namespace(namespace);
  for (const resource of archive.manifest.resources) {
    if (!selection.resource(resource)) continue;
    for (const file of archive.files.objectsOf(resourceName(resource)).where(isWanted))
      for await (const text of archive.objects(file, signal)) {
        const object = parse(text);
        if (selection.object(resource, object)) ids.add(idOf(resource, keyOf(object)));
      }
  }
  return ids;
}

/** A selection of single objects. */
function onlyOf(selection: Selection, ids: ReadonlySet<string>): Selection {
  return {
    whole: false,
    resource: (resource) => selection.resource(resource),
    namespace: (name) => selection.namespace(name),
    object: (resource, object) => ids.has(idOf(resource, keyOf(object))),
  };
}

function keyOf({ metadata }: SelectableObject): ObjectKey {
  return { namespace: metadata?.namespace, name: metadata?.name ?? "" };
}

/** The object among those of all resources. */
export function idOf(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${resourceName(resource)} ${keyText({ namespace, name })}`;
}
