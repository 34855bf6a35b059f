import { planFromStore } from "../change-log/history/list-history.ts";
import type { KnownStates } from "../change-log/history/known-states.ts";
import { HistoryReader } from "../change-log/history/read-history.ts";
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
  /** Up to when all changes are known. */
  reached: Date;
  /** One sentence for each thing that somebody must know. */
  notes: string[];
}

/** Options of {@link readChangedObjects}. */
export interface ChangedObjectsOptions {
  store: Store;
  selection: Selection;
  resources: readonly Resource[];
  since: Date;
  now: Date;
}

/**
 * Reads from the change log what changed since a moment.
 *
 * @throws {OperatorError} where the change log has nothing of the time.
 */
export async function readChangedObjects(
  { store, selection, resources, since, now }: ChangedObjectsOptions,
  signal: AbortSignal,
): Promise<ChangedObjects> {
  const range = { since, until: now };
  const parts = await planFromStore(store, range, signal);
  const notes: string[] = [];
  const reader = new HistoryReader({
    ...{ store, resources, range },
    // Labels may be what changed: the state at the moment has decided which objects are meant.
    selection: { exact: selection, wide: selection },
    onNote: (note) => notes.push(note),
  });
  const changed = new Set<string>();
  for await (const entry of reader.read(parts, signal)) {
    if (entry.entry === "change") changed.add(idOf(entry.resource, entry));
    else
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
  return { selection: onlyOf(selection, changed), last, reached, notes };
}

/** A selection without the objects that did not change. */
function onlyOf(selection: Selection, changed: ReadonlySet<string>): Selection {
  return {
    whole: false,
    resource: (resource) => selection.resource(resource),
    namespace: (name) => selection.namespace(name),
    object: (resource, object) =>
      changed.has(idOf(resource, keyOf(object))) && selection.object(resource, object),
  };
}

function keyOf({ metadata }: SelectableObject): ObjectKey {
  return { namespace: metadata?.namespace, name: metadata?.name ?? "" };
}

function idOf(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${resourceName(resource)} ${keyText({ namespace, name })}`;
}
