import type { JsonObject } from "./json.ts";
import { member } from "./object-facts.ts";
import type { ObjectKey } from "./resource.ts";

/** The fields of a live object's metadata that are used. */
export interface LiveMetadata {
  name: string;
  uid: string;
  resourceVersion: string;
  /** RFC 3339, whole seconds. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
}

/** The metadata of an object from the API server. */
export function metadataOf(live: JsonObject): LiveMetadata {
  return live["metadata"] as unknown as LiveMetadata;
}

/** Whether an object is being deleted. Finalizers may still keep the object. */
export function isBeingDeleted(object: JsonObject): boolean {
  return member(object, "metadata")["deletionTimestamp"] !== undefined;
}

/** Namespace and name of an object. */
export function keyOf(object: JsonObject): ObjectKey {
  const { namespace, name } = member(object, "metadata");
  return { namespace: typeof namespace === "string" ? namespace : undefined, name: String(name) };
}
