import { type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { type Owner, type OwnerReference, ownerReferencesOf, ownersOf } from "../../kubernetes/owners.ts";
import { isAdopter } from "../../objects/adopters.ts";
import { isSameOwner } from "./merge-owner-references.ts";

/** The owners of an object of the backup. */
export interface BackedUpOwners {
  /** Name of the resource of the owned object, `replicasets.apps`. */
  resource: string;
  /** The owners in the backup. */
  archived: readonly Owner[];
  /** Those of them that this cluster has. */
  found: readonly OwnerReference[];
}

/** What an update makes of the owner references of a live object. */
export interface OwnersAfterUpdate {
  references: readonly OwnerReference[];
  /** Whether the live object has others. */
  changed: boolean;
  /** Why they differ from those of the backup; undefined where they do not. */
  reason: string | undefined;
}

/**
 * The owner references that an update gives a live object: those of the backup, and no others. An owner that was
 * not looked for, as its controller adopts the object, or that this user may not read, keeps its reference
 * where the live object has one. So does an owner that has adopted the object since: it would do so again.
 */
export function ownersAfterUpdate(
  live: JsonObject,
  { resource, archived, found }: BackedUpOwners,
): OwnersAfterUpdate {
  const before = referencesOf(live);
  const lacking: Owner[] = [];
  const restored = archived.flatMap((owner): OwnerReference[] => {
    const reference = found.find((each) => isSameOwner(owner, each));
    if (reference !== undefined) return [reference];
    const kept = before.find((each) => isSameOwner(owner, each));
    if (kept !== undefined) return [{ ...owner, apiVersion: kept.apiVersion, uid: kept.uid }];
    lacking.push(owner);
    return [];
  });
  const isControlled = restored.some(({ controller }) => controller === true);
  const adopted = before.filter(
    (reference) =>
      !isControlled &&
      !archived.some((owner) => isSameOwner(owner, reference)) &&
      isAdopter(resource, reference),
  );
  const references = [...restored, ...adopted];
  return {
    references,
    changed: !jsonEqual(references, before),
    reason: describe({ resource, lacking, archived, restored, adopted }),
  };
}

/** The owner references of an object. */
export function referencesOf(object: JsonObject): OwnerReference[] {
  const references = ownerReferencesOf(object);
  return ownersOf(object).map((owner, index) => ({ ...owner, uid: String(references[index]?.["uid"]) }));
}

/** Whether an object has these owners, by name, in this order. */
export function hasArchivedOwners(live: JsonObject, archived: readonly Owner[]): boolean {
  return jsonEqual(ownersOf(live), archived);
}

function describe({
  resource,
  lacking,
  archived,
  restored,
  adopted,
}: {
  resource: string;
  lacking: readonly Owner[];
  archived: readonly Owner[];
  restored: readonly OwnerReference[];
  adopted: readonly OwnerReference[];
}): string | undefined {
  const isOtherVersion = ({ apiVersion, kind, name }: OwnerReference) =>
    archived.some((each) => each.kind === kind && each.name === name && each.apiVersion !== apiVersion);
  const reasons = [
    ...lacking.map((owner) =>
      isAdopter(resource, owner)
        ? `lacks ${titleOf(owner)}, whose controller adopts what its selector matches`
        : `lacks ${titleOf(owner)}, which this cluster does not have, or which this user may not read`,
    ),
    ...adopted.map((owner) => `has ${titleOf(owner)}, whose controller adopted it`),
    ...restored
      .filter(isOtherVersion)
      .map((owner) => `has ${titleOf(owner)} as ${owner.apiVersion}, which this API server serves`),
  ];
  return reasons.length > 0 ? `metadata.ownerReferences ${reasons.join(", and ")}` : undefined;
}

function titleOf({ kind, name }: Owner): string {
  return `${kind} ${name}`;
}
