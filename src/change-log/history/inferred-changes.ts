import type { Comparison } from "../../compare/document.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { Selection } from "../../selection/selection.ts";
import { changeOfDifference, inferredChange } from "./changes-of-states.ts";
import type { HistoryChange, RestoreSource } from "./history-entry.ts";
import type { KnownObject, KnownStates } from "./known-states.ts";

/** Two moments between which nothing is known, and where what is deleted in between comes back from. */
export interface Unknown {
  after: Date;
  time: Date;
  source: RestoreSource;
}

/** What differs between two states of the same objects, in the order of kinds and names. */
export function changesBetween(
  before: KnownStates,
  after: KnownStates,
  selection: Selection,
  unknown: Unknown,
): HistoryChange[] {
  const changes: HistoryChange[] = [];
  const add = (object: KnownObject, one: KnownObject | undefined, other: KnownObject | undefined) => {
    const states = { before: one?.state(), after: other?.state() };
    const isSelected = [states.before, states.after].some(
      (state) => state !== undefined && selection.object(object.resource, state),
    );
    const change = isSelected ? inferredChange(object.resource, object, states) : undefined;
    if (change !== undefined) changes.push(placed(change, unknown));
  };
  for (const object of after) add(object, before.get(object.resource, object), object);
  for (const object of before)
    if (after.get(object.resource, object) === undefined) add(object, object, undefined);
  return inOrder(changes);
}

/** What a comparison of two backups has found. */
export function changesOfComparison(
  { objects }: Comparison,
  resources: ReadonlyMap<string, Resource>,
  unknown: Unknown,
): HistoryChange[] {
  return inOrder(objects.map((each) => placed(changeOfDifference(each, resources), unknown)));
}

function placed(change: Omit<HistoryChange, "time" | "after">, unknown: Unknown): HistoryChange {
  const { after, time, source } = unknown;
  return { ...change, time, after, ...(change.operation === "delete" ? { source } : {}) };
}

function inOrder(changes: readonly HistoryChange[]): HistoryChange[] {
  const text = ({ resource, namespace, name }: HistoryChange) =>
    `${keyText({ namespace, name: "" })} ${resourceName(resource)} ${name}`;
  const keyed = changes.map((change) => ({ change, key: text(change) }));
  return keyed
    .sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ change }) => change);
}
