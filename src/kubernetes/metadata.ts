import { isJsonObject, type JsonObject } from "./json.ts";

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

/** Whether somebody wants it gone. */
export function isBeingDeleted(live: JsonObject): boolean {
  return isJsonObject(live["metadata"]) && live["metadata"]["deletionTimestamp"] !== undefined;
}
