import { FIELD_MANAGER } from "../../cluster/objects.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { apiVersion, type Resource } from "../../kubernetes/resource.ts";
import { withUids } from "../../objects/owner-fields.ts";
import { difference, type FieldSet, isEmpty, union } from "./field-sets.ts";

/** Names that a write can be recorded under: the API server refuses others. */
const RECORDABLE = /^[\x20-\x7e]{1,128}$/;

/** What makes the API server forget its record. */
const NO_RECORD: JsonObject[] = [{}];

/**
 * The manager that wrote an object alone and by updates: created under its name, the object is its
 * again with no further request.
 */
export function soleManager(managers: readonly FieldManager[] | undefined): string | undefined {
  const [first, ...others] = managers ?? [];
  if (first === undefined || others.length > 0 || first.subresource !== undefined) return undefined;
  return first.operation === "Update" && RECORDABLE.test(first.manager) && first.fieldsV1 === undefined
    ? first.manager
    : undefined;
}

/** Managers of an object that comes back in another version: the API server drops those of one that it does not serve. */
export function inApiVersion(
  managers: readonly FieldManager[] | undefined,
  { from, to }: { from: string; to: string },
): readonly FieldManager[] | undefined {
  return managers?.map((manager) => (manager.apiVersion === from ? { ...manager, apiVersion: to } : manager));
}

/** Whether what we wrote, by the backup, belongs to others. */
export function belongsToOthers(
  managers: readonly FieldManager[] | undefined,
): managers is readonly FieldManager[] {
  return managers !== undefined && !managers.some(isOurs);
}

/** Whether a live object holds fields under our name. */
export function holdsOurs(live: JsonObject): boolean {
  return entriesOf(live).some(isOurs);
}

/** Whether a live object's status is under our name. */
export function holdsOurStatus(live: JsonObject): boolean {
  return entriesOf(live).some(isOurStatus);
}

/** Whether somebody else has written a live object's status. */
export function isStatusWrittenByOthers(live: JsonObject): boolean {
  return entriesOf(live).some((entry) => entry["subresource"] === "status" && !isOurStatus(entry));
}

/**
 * The `metadata.managedFields` that hand an object's fields back to whom they belonged in the backup.
 * What others wrote since we did stays theirs, as far as the backup's managers do not have it: a
 * controller writes its status at once. What is ours goes.
 *
 * @param managers those of the object without its status; undefined where they are right already.
 * @param statusManagers those of the status, in the same way.
 * @returns undefined where there is nothing to hand back, or where it has been.
 */
export function fieldsHandedBack(
  managers: readonly FieldManager[] | undefined,
  live: JsonObject,
  resource: Resource,
  statusManagers?: readonly FieldManager[],
): JsonObject[] | undefined {
  const now = entriesOf(live);
  const goes = (entry: JsonObject) =>
    (managers !== undefined && isOurs(entry)) || (statusManagers !== undefined && isOurStatus(entry));
  const archived = [
    ...archivedEntries(managers ?? [], { live, resource, ours: now.find(isOurs) }),
    ...archivedEntries(statusManagers ?? [], { live, resource, ours: now.find(isOurStatus) }).map(
      (entry): JsonObject => ({ ...entry, subresource: "status" }),
    ),
  ];
  const taken = archived.map(fieldsOf).reduce(union, {});
  const entries = new Map(archived.map((entry) => [idOf(entry), entry]));
  for (const entry of now) {
    if (goes(entry)) continue;
    const there = entries.get(idOf(entry));
    const fields =
      there !== undefined
        ? union(fieldsOf(there), fieldsOf(entry))
        : entry["subresource"] === undefined
          ? difference(fieldsOf(entry), taken)
          : fieldsOf(entry);
    if (!isEmpty(fields)) entries.set(idOf(entry), { ...entry, ...there, fieldsV1: fields });
  }
  const wanted = [...entries.values()];
  if (isSame(wanted, now)) return undefined;
  return wanted.length > 0 ? wanted : NO_RECORD;
}

/** Entries of the backup's managers. Who wrote all of it gets what is ours, unless it was written under that name. */
function archivedEntries(
  managers: readonly FieldManager[],
  { live, resource, ours }: { live: JsonObject; resource: Resource; ours: JsonObject | undefined },
): JsonObject[] {
  return managers.flatMap(({ fieldsV1, ...manager }) => {
    const fields = fieldsV1 === undefined ? ours?.["fieldsV1"] : withUids(fieldsV1, live);
    if (!isJsonObject(fields)) return [];
    return { apiVersion: apiVersion(resource), ...manager, fieldsType: "FieldsV1", fieldsV1: fields };
  });
}

function entriesOf(live: JsonObject): JsonObject[] {
  return items(member(live, "metadata"), "managedFields");
}

/** Our name without a subresource: it is how this program writes. */
export function isOurs({ manager, subresource }: { manager?: unknown; subresource?: unknown }): boolean {
  return manager === FIELD_MANAGER && subresource === undefined;
}

function isOurStatus({ manager, subresource }: JsonObject): boolean {
  return manager === FIELD_MANAGER && subresource === "status";
}

function fieldsOf({ fieldsV1 }: JsonObject): FieldSet {
  return isJsonObject(fieldsV1) ? fieldsV1 : {};
}

/** What the API server tells entries apart by. */
function idOf({ manager, operation, apiVersion, subresource }: JsonObject): string {
  return JSON.stringify([manager, operation, apiVersion, subresource]);
}

/** Whether both say the same, in whichever order and of whatever time. */
function isSame(left: readonly JsonObject[], right: readonly JsonObject[]): boolean {
  const rest = new Map(right.map((entry) => [idOf(entry), fieldsOf(entry)]));
  return (
    left.length === right.length &&
    left.every((entry) => jsonEqual(fieldsOf(entry), rest.get(idOf(entry)) ?? null))
  );
}
