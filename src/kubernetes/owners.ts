import type { JsonObject } from "./json.ts";
import { items, member } from "./object-facts.ts";

/** An owner by kind and name, as an archive keeps it: a uid lives in one cluster only. */
export interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/**
 * An owner with its uid in this cluster, as the API server takes it.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
 */
export interface OwnerReference extends Owner {
  uid: string;
}

/** The owner references of an object as they stand there, with fields that {@link OwnerReference} does not know. */
export function ownerReferencesOf(object: JsonObject): JsonObject[] {
  return items(member(object, "metadata"), "ownerReferences");
}

/** The owners that an object names, without their uids. */
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
 * Whether a controller owns an object: it made the object, makes it again, and takes it along.
 *
 * @param of the controller's kind; any kind without it.
 */
export function hasController(object: JsonObject, of?: string): boolean {
  return ownerReferencesOf(object).some(
    ({ controller, kind }) => controller === true && (of === undefined || kind === of),
  );
}
