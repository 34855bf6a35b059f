import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/metadata.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";

/** How long an object that is being deleted is waited for, in milliseconds; shorter in tests. */
export const DELETION_TIMEOUT = 30_000;

/** Exponential backoff between two reads, in milliseconds: the garbage collector takes some 20 ms, finalizers seconds. */
const FIRST_BACKOFF = 20;
const LONGEST_BACKOFF = 1_000;

/**
 * Waits until the object of a uid is gone. A newer object of the same name is another object.
 *
 * @param gone the object, and for how long to wait, in milliseconds.
 * @returns the object where the object still exists at the end, or undefined.
 */
export async function waitUntilGone(
  client: ApiClient,
  { resource, key, uid, timeout }: { resource: Resource; key: ObjectKey; uid: string; timeout: number },
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  let backoff = FIRST_BACKOFF;
  for (let waited = 0; ; waited += backoff, backoff = Math.min(backoff * 2, LONGEST_BACKOFF)) {
    const live = await readObject(client, resource, key, signal);
    if (live === undefined || metadataOf(live).uid !== uid) return undefined;
    if (waited >= timeout) return live;
    await sleep(backoff, signal);
  }
}

/** Why an object cannot be restored yet, with the finalizers that keep the one that is being deleted. */
export function describeDeletion(live: JsonObject): string {
  const { deletionTimestamp } = metadataOf(live);
  return `the one before has been in deletion since ${deletionTimestamp}${keptBy(live)}: once it is gone, restore again`;
}

/** What a dry run says of an object that is being deleted, with its finalizers: nobody knows whether they are removed in time. */
export function describeExpectedDeletion(live: JsonObject): string {
  return `once the one is gone that is being deleted${keptBy(live)}`;
}

function keptBy(live: JsonObject): string {
  const { finalizers = [] } = metadataOf(live);
  if (finalizers.length === 0) return "";
  return `, kept by ${finalizers.length === 1 ? "the finalizer" : "the finalizers"} ${finalizers.join(", ")}`;
}
