import type { JsonObject } from "./json.ts";
import { member } from "./object-facts.ts";

/** An object as it is in the cluster: what is asked of its metadata. */
export interface LiveMetadata {
  uid: string;
  resourceVersion: string;
  deletionTimestamp?: string;
  finalizers?: string[];
}

/** The metadata of an object that the API server gave. */
export function metadataOf(live: JsonObject): LiveMetadata {
  return live["metadata"] as unknown as LiveMetadata;
}

/** Whether an object is being deleted: somebody wants it gone, and finalizers may still hold it. */
export function isBeingDeleted(object: JsonObject): boolean {
  return member(object, "metadata")["deletionTimestamp"] !== undefined;
}
