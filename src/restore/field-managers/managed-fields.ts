import { FIELD_MANAGER } from "../../cluster/objects.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { isJsonObject, type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { apiVersion, type Resource } from "../../kubernetes/resource.ts";
import { withUids } from "../../objects/owner-fields.ts";
import { difference, type FieldSet, isEmpty, union } from "./field-sets.ts";

/** Names that the API server takes as a field manager. */
const RECORDABLE = /^[\x20-\x7e]{1,128}$/;

/** Clears the record: an empty list would leave the record as it is. */
const NO_RECORD: JsonObject[] = [{}];

/**
 * The manager that wrote an object alone and by updates. An object that is created under that name belongs to
 * the manager again with no further request.
 */
export function soleManager(managers: readonly FieldManager[] | undefined): string | undefined {
  const [first, ...others] = managers ?? [];
  if (first === undefined || others.length > 0 || first.subresource !== undefined) return undefined;
  return first.operation === "Update" && RECORDABLE.test(first.manager) && first.fieldsV1 === undefined
    ? first.manager
    : undefined;
}

/** The field managers of an object that is restored in another version: the API server drops entries of a version that it does not serve. */
export function inApiVersion(
  managers: readonly FieldManager[] | undefined,
  { from, to }: { from: string; to: string },
): readonly FieldManager[] | undefined {
  return managers?.map((manager) => (manager.apiVersion === from ? { ...manager, apiVersion: to } : manager));
}

/** Whether the fields that kube-backup wrote belong to other managers in the backup. */
export function belongsToOthers(
  managers: readonly FieldManager[] | undefined,
): managers is readonly FieldManager[] {
  return managers !== undefined && !managers.some(isOurs);
}

/** Whether kube-backup manages fields of a live object. */
export function holdsOurs(live: JsonObject): boolean {
  return entriesOf(live).some(isOurs);
}

/** Whether kube-backup manages the status of a live object. */
export function holdsOurStatus(live: JsonObject): boolean {
  return entriesOf(live).some(isOurStatus);
}

/** Whether another manager has written the status of a live object. */
export function isStatusWrittenByOthers(live: JsonObject): boolean {
  return entriesOf(live).some((entry) => entry["subresource"] === "status" && !isOurStatus(entry));
}

/**
 * The `metadata.managedFields` that make the backup's field managers own an object's fields again. A field that
 * another manager has written since kube-backup did stays with that manager, unless a manager of the backup owns
 * the field: a controller writes the status at once. The entries of kube-backup go.
 *
 * @param managers field managers of the object without its status; undefined where the record is right already.
 * @param statusManagers field managers of the status, in the same way.
 * @returns undefined where the record needs no change.
 */
export function restoredManagedFields(
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

/** Entries of the backup's field managers. A manager that wrote the whole object gets the fields of kube-backup, unless they were written under the manager's own name. */
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

/** The name of kube-backup without a subresource: the entry of what this program writes. */
export function isOurs({ manager, subresource }: { manager?: unknown; subresource?: unknown }): boolean {
  return manager === FIELD_MANAGER && subresource === undefined;
}

function isOurStatus({ manager, subresource }: JsonObject): boolean {
  return manager === FIELD_MANAGER && subresource === "status";
}

function fieldsOf({ fieldsV1 }: JsonObject): FieldSet {
  return isJsonObject(fieldsV1) ? fieldsV1 : {};
}

/** What makes two entries one to the API server. */
function idOf({ manager, operation, apiVersion, subresource }: JsonObject): string {
  return JSON.stringify([manager, operation, apiVersion, subresource]);
}

/** Whether two records are equal but for the order and the times of their entries. */
function isSame(left: readonly JsonObject[], right: readonly JsonObject[]): boolean {
  const rest = new Map(right.map((entry) => [idOf(entry), fieldsOf(entry)]));
  return (
    left.length === right.length &&
    left.every((entry) => jsonEqual(fieldsOf(entry), rest.get(idOf(entry)) ?? null))
  );
}
