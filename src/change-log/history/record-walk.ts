import { isNamespaces, type Resource } from "../../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../../selection/selection.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import { changeOfRecord, resourceOfRecord, stateOfRecord } from "./changes-of-states.ts";
import type { HistoryChange, RestoreSource } from "./history-entry.ts";
import type { KnownStates } from "./known-states.ts";
import type { HistoryRange } from "./plan-history.ts";

/** Which objects a history is of. */
export interface HistorySelection {
  /** Also by labels, of which one of the two states of a change must have the wanted ones. */
  exact: Selection;
  /** By kind, namespace and name alone: their states are kept in memory. */
  wide: Selection;
}

/** Options of {@link RecordWalk}. */
export interface RecordWalkOptions extends HistorySelection {
  /** The states at the beginning. */
  states: KnownStates;
  resources: ReadonlyMap<string, Resource>;
  range: HistoryRange;
  /** From where objects come back that were deleted so early that no moment before can be opened. */
  first: { settled: Date; backup: string } | undefined;
}

/** Walks along the records of a timeline, in their order. */
export class RecordWalk {
  readonly #options: RecordWalkOptions;
  /** When namespaces went that are not there. What is in one is deleted after it, and is in no moment in between. */
  readonly #goneNamespaces = new Map<string, Date>();

  constructor(options: RecordWalkOptions) {
    this.#options = options;
  }

  /** The states that the records so far have left. */
  get states(): KnownStates {
    return this.#options.states;
  }

  /** Whether changes of an object matter: it is selected, or it is a namespace of selected objects. */
  wants({ resource: of, namespace, name }: Pick<ChangeRecord, "resource" | "namespace" | "name">): boolean {
    const { resources, wide } = this.#options;
    const resource = resources.get(of);
    // What no backup knows is looked at in the change itself.
    if (resource === undefined) return true;
    if (isNamespaces(resource) && wide.namespace(name)) return true;
    return wide.resource(resource) && wide.object(resource, bareObject(namespace, name));
  }

  /** Takes a record; undefined where it is none of the selection, or not of the range. */
  take(record: ChangeRecord): HistoryChange | undefined {
    const { states, resources, exact, wide, range } = this.#options;
    const { namespace, name } = record;
    const resource = resourceOfRecord(record, resources);
    const time = new Date(record.time);
    if (isNamespaces(resource)) this.#noteNamespace(record, time);
    const bare = bareObject(namespace, name);
    if (!wide.resource(resource) || !wide.object(resource, bare)) return undefined;
    const before = states.get(resource, { namespace, name })?.state();
    const after = stateOfRecord(record);
    const { object } = record;
    if (after === undefined || object === undefined) states.delete(resource, { namespace, name });
    else states.set({ resource, namespace, name, state: () => after, portable: () => object });
    const isSelected = [before, after].some((state) => state !== undefined && exact.object(resource, state));
    // What is deleted and was never seen has no labels that could be looked at.
    const isUnseen = before === undefined && after === undefined && exact.object(resource, bare);
    if (time < range.since || time > range.until || !(isSelected || isUnseen)) return undefined;
    const change = changeOfRecord(record, resource, before);
    return record.operation === "delete" ? { ...change, source: this.#sourceOf(record, time) } : change;
  }

  #noteNamespace({ name, operation }: ChangeRecord, time: Date): void {
    if (operation === "delete") this.#goneNamespaces.set(name, time);
    else this.#goneNamespaces.delete(name);
  }

  /** The last moment at which the object was there, and its namespace. */
  #sourceOf({ namespace }: ChangeRecord, deleted: Date): RestoreSource {
    const { first } = this.#options;
    const went = namespace === undefined ? undefined : this.#goneNamespaces.get(namespace);
    const at = new Date((went ?? deleted).getTime() - 1);
    return first !== undefined && at < first.settled ? { backup: first.backup } : { at };
  }
}

function bareObject(namespace: string | undefined, name: string): SelectableObject {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}
