import type { JsonObject } from "../../kubernetes/json.ts";
import { groupOf } from "../../kubernetes/object-facts.ts";
import { type Owner, type OwnerReference, ownerReferencesOf } from "../../kubernetes/owners.ts";
import { parseApiVersion } from "../../kubernetes/resource.ts";

/**
 * The owner references of an object that is updated: the backup's, with the uids of this cluster, and those of
 * the live object besides. Only one owner can be the controller: the backup's, where the backup has one.
 */
export function mergeOwners(live: JsonObject, backup: readonly OwnerReference[]): unknown[] {
  const controlled = backup.some(({ controller }) => controller === true);
  const others = ownerReferencesOf(live).filter(
    (reference) =>
      !backup.some((owner) => isSame(owner, reference)) && !(controlled && reference["controller"] === true),
  );
  return [...backup, ...others];
}

/** Whether an object has these owners, with the uids of this cluster. */
export function hasOwners(live: JsonObject, owners: readonly OwnerReference[]): boolean {
  const references = ownerReferencesOf(live);
  return owners.every((owner) =>
    references.some((reference) => isSame(owner, reference) && reference["uid"] === owner.uid),
  );
}

/** Whether both are one owner. The version may differ. */
function isSame(owner: Owner, reference: JsonObject): boolean {
  return (
    owner.kind === reference["kind"] &&
    owner.name === reference["name"] &&
    parseApiVersion(owner.apiVersion).group === groupOf(reference)
  );
}
