import type { FieldDifference, ObjectDifference } from "../../compare/document.ts";
import { objectChangesOf } from "../../compare/object-changes.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { parseApiVersion, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { ChangeRecord, Operation } from "../format/change-record.ts";
import type { HistoryChange } from "./history-entry.ts";
import { bareState, stateWith } from "./object-state.ts";

/** The state that a record leaves; undefined where the object is gone. */
export function stateOfRecord({ object, owners, status }: ChangeRecord): JsonObject | undefined {
  return object && stateWith(object, { owners, status: status?.value });
}

/**
 * The change of a record.
 *
 * @param before the state before; undefined where there was none, or none is known.
 */
export function changeOfRecord(
  record: ChangeRecord,
  resource: Resource,
  before: JsonObject | undefined,
): HistoryChange {
  const { time, revision, operation, namespace, name, manager } = record;
  const states = { before, after: stateOfRecord(record) };
  return {
    entry: "change",
    time: new Date(time),
    ...{ revision, operation, namespace, name, manager },
    resource: inVersionOf(resource, states.after ?? before),
    // What was updated has a state before, and nothing can be said without that.
    changes: operation === "update" && before === undefined ? [] : fieldsBetween(resource, states),
  };
}

/** The change from one state to another, of which at most one is undefined; undefined where they are equal. */
export function inferredChange(
  resource: Resource,
  { namespace, name }: { namespace: string | undefined; name: string },
  states: { before: JsonObject | undefined; after: JsonObject | undefined },
): Omit<HistoryChange, "time" | "after"> | undefined {
  const changes = fieldsBetween(resource, states);
  if (changes.length === 0 && states.before !== undefined && states.after !== undefined) return undefined;
  const operation: Operation =
    states.before === undefined ? "create" : states.after === undefined ? "delete" : "update";
  return {
    ...{ entry: "change", revision: undefined, operation, namespace, name, manager: undefined, changes },
    resource: inVersionOf(resource, states.after ?? states.before),
  };
}

const OPERATIONS = { added: "create", removed: "delete", changed: "update" } as const;

/** The change that a comparison of two backups has found. */
export function changeOfDifference(
  { resource: of, change, namespace, name, fields, object, apiVersion, kind }: ObjectDifference,
  resources: ReadonlyMap<string, Resource>,
): Omit<HistoryChange, "time" | "after"> {
  const version = parseApiVersion(apiVersion);
  const [plural = of] = of.split(".");
  const unknown = { ...version, resource: plural, kind, namespaced: namespace !== null };
  const resource = resources.get(of) ?? unknown;
  const state = object as JsonObject | undefined;
  const states =
    change === "added" ? { before: undefined, after: state } : { before: state, after: undefined };
  return {
    ...{ entry: "change", revision: undefined, operation: OPERATIONS[change], manager: undefined },
    ...{ resource: { ...resource, ...version }, namespace: namespace ?? undefined, name },
    changes: change === "changed" ? fields : fieldsBetween(resource, states),
  };
}

/** The resource of a record. */
export function resourceOfRecord(
  { resource: of, kind, namespace, object }: ChangeRecord,
  resources: ReadonlyMap<string, Resource>,
): Resource {
  const known = resources.get(of);
  if (known !== undefined) return known;
  const [resource = of, ...group] = of.split(".");
  const { version } = parseApiVersion(String(object?.["apiVersion"] ?? "v1"));
  return { group: group.join("."), version, resource, kind, namespaced: namespace !== undefined };
}

/** Resources by name, of several sources of which the first that has one counts. */
export function byName(...sources: readonly (readonly Resource[])[]): Map<string, Resource> {
  const resources = new Map<string, Resource>();
  for (const resource of sources.flat())
    if (!resources.has(resourceName(resource))) resources.set(resourceName(resource), resource);
  return resources;
}

function fieldsBetween(
  resource: Resource,
  { before, after }: { before: JsonObject | undefined; after: JsonObject | undefined },
): FieldDifference[] {
  if (before === undefined && after === undefined) return [];
  const left = before ?? bareState(after as JsonObject);
  const right = after ?? bareState(before as JsonObject);
  return objectChangesOf(resource, left, right);
}

/** The resource in the version of a state. */
function inVersionOf(resource: Resource, state: JsonObject | undefined): Resource {
  const text = state?.["apiVersion"];
  return typeof text === "string" ? { ...resource, ...parseApiVersion(text) } : resource;
}
