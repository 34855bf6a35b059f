import type { JsonObject } from "./json.ts";
import { items, member } from "./object-facts.ts";

/** An owner by kind and name, as an archive keeps owners: a uid is valid in one cluster only. */
export interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/**
 * An owner reference with the uid of this cluster, as the API server takes it.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
 */
export interface OwnerReference extends Owner {
  uid: string;
}

/** The owner references of an object with all their fields, also those that {@link OwnerReference} does not have. */
export function ownerReferencesOf(object: JsonObject): JsonObject[] {
  return items(member(object, "metadata"), "ownerReferences");
}

/** The owners of an object, without their uids. */
export function ownersOf(object: JsonObject): Owner[] {
  return ownerReferencesOf(object).map((reference) => ({
    apiVersion: String(reference["apiVersion"]),
    kind: String(reference["kind"]),
    name: String(reference["name"]),
    ...(typeof reference["controller"] === "boolean" ? { controller: reference["controller"] } : {}),
    ...(typeof reference["blockOwnerDeletion"] === "boolean"
      ? { blockOwnerDeletion: reference["blockOwnerDeletion"] }
      : {}),
  }));
}

/**
 * Whether a controller owns an object: the controller created the object, would re-create it, and garbage collection
 * deletes the object with its owner.
 *
 * @param of the kind of the controller; any kind by default.
 */
export function hasController(object: JsonObject, of?: string): boolean {
  return ownerReferencesOf(object).some(
    ({ controller, kind }) => controller === true && (of === undefined || kind === of),
  );
}
