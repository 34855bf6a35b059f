import { isAdopter } from "../objects/adopters.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/**
 * Whether a difference passes by itself within moments: after a restore, controllers adopt the ReplicaSets and
 * ControllerRevisions that the restore has created without owner references.
 */
export function isInFlux({ change, resource, fields, owners }: DifferenceWithOwners): boolean {
  const isLackingOwner = fields.every(
    ({ path, right }) => path === "metadata.ownerReferences" && right === undefined,
  );
  return (
    change === "changed" &&
    fields.length > 0 &&
    isLackingOwner &&
    owners.some((owner) => isAdopter(resource, owner))
  );
}
