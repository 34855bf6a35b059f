import { isJsonObject, type JsonObject, jsonEqual } from "../cluster/json.ts";
import { FIELD_MANAGER } from "../cluster/objects.ts";
import { apiVersion, type Resource } from "../cluster/resource.ts";
import type { FieldManager } from "../objects/field-managers.ts";
import { items, member } from "../objects/object-facts.ts";
import { withUids } from "../objects/owner-fields.ts";
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

/**
 * The `metadata.managedFields` that hand an object's fields back to whom they belonged in the backup.
 * What others wrote since we did stays theirs, as far as the backup's managers do not have it: a
 * controller writes its status at once. What is ours goes.
 *
 * @returns undefined where there is nothing to hand back, or where it has been.
 */
export function fieldsHandedBack(
  managers: readonly FieldManager[],
  live: JsonObject,
  resource: Resource,
): JsonObject[] | undefined {
  const now = entriesOf(live);
  const archived: JsonObject[] = [];
  for (const { fieldsV1, ...manager } of managers) {
    const fields = fieldsV1 === undefined ? now.find(isOurs)?.["fieldsV1"] : withUids(fieldsV1, live);
    if (!isJsonObject(fields)) return undefined;
    archived.push({ apiVersion: apiVersion(resource), ...manager, fieldsType: "FieldsV1", fieldsV1: fields });
  }
  const taken = archived.map(fieldsOf).reduce(union, {});
  const entries = new Map(archived.map((entry) => [idOf(entry), entry]));
  for (const entry of now) {
    if (isOurs(entry)) continue;
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

function entriesOf(live: JsonObject): JsonObject[] {
  return items(member(live, "metadata"), "managedFields");
}

/** Our name without a subresource: it is how this program writes. */
export function isOurs({ manager, subresource }: { manager?: unknown; subresource?: unknown }): boolean {
  return manager === FIELD_MANAGER && subresource === undefined;
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
