import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** An owner reference as the API server takes it. */
export type OwnerReference = Owner & { uid: string };

/**
 * The owner references of an object that is updated: the backup's, with the uids of this cluster, and those of
 * the live object besides. Only one owner can be the controller: the backup's, where the backup has one.
 */
export function mergeOwners(live: JsonObject, backup: readonly OwnerReference[]): unknown[] {
  const controlled = backup.some(({ controller }) => controller === true);
  const others = referencesOf(live).filter(
    (reference) =>
      !backup.some((owner) => isSame(owner, reference)) && !(controlled && reference["controller"] === true),
  );
  return [...backup, ...others];
}

/** Whether an object has these owners, with the uids of this cluster. */
export function hasOwners(live: JsonObject, owners: readonly OwnerReference[]): boolean {
  const references = referencesOf(live);
  return owners.every((owner) =>
    references.some((reference) => isSame(owner, reference) && reference["uid"] === owner.uid),
  );
}

function referencesOf(object: JsonObject): JsonObject[] {
  const metadata = object["metadata"];
  const references = isJsonObject(metadata) ? metadata["ownerReferences"] : undefined;
  return Array.isArray(references) ? references.filter(isJsonObject) : [];
}

/** Whether both are one owner. The version may differ. */
function isSame(owner: Owner, reference: JsonObject): boolean {
  return (
    owner.kind === reference["kind"] &&
    owner.name === reference["name"] &&
    groupOf(owner.apiVersion) === groupOf(String(reference["apiVersion"]))
  );
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/", 1)[0] ?? "") : "";
}
