import type { JsonObject } from "../../kubernetes/json.ts";
import { type Owner, type OwnerReference, ownerReferencesOf } from "../../kubernetes/owners.ts";
import { parseApiVersion } from "../../kubernetes/resource.ts";

/**
 * The owner references of an object that was created before its owners: the backup's, with the uids of this cluster,
 * and those that others have written since. Only one owner can be the controller: the backup's, where the backup has one.
 */
export function mergeOwners(live: JsonObject, backup: readonly OwnerReference[]): unknown[] {
  const controlled = backup.some(({ controller }) => controller === true);
  const others = ownerReferencesOf(live).filter(
    (reference) =>
      !backup.some((owner) => isSameOwner(owner, reference)) &&
      !(controlled && reference["controller"] === true),
  );
  return [...backup, ...others];
}

/** Whether an object has these owners, with the uids of this cluster. */
export function hasOwners(live: JsonObject, owners: readonly OwnerReference[]): boolean {
  const references = ownerReferencesOf(live);
  return owners.every((owner) =>
    references.some((reference) => isSameOwner(owner, reference) && reference["uid"] === owner.uid),
  );
}

/** Whether both are one owner. The version may differ. */
export function isSameOwner(owner: Owner, reference: Partial<Owner> | JsonObject): boolean {
  const { apiVersion, kind, name } = reference;
  return (
    owner.kind === kind &&
    owner.name === name &&
    parseApiVersion(owner.apiVersion).group === parseApiVersion(String(apiVersion)).group
  );
}
