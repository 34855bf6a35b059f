import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { metadataOf } from "../../kubernetes/metadata.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";

/** How long an object that is being deleted is waited for, in milliseconds; shorter in tests. */
export const DELETION_LIMIT = 30_000;

/** Pauses between two looks at it, in milliseconds; the collector takes some 20 ms, finalizers seconds. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;

/**
 * Waits until an object of this uid is gone. One of the same name that came after it is another.
 *
 * @param limit milliseconds.
 * @returns the object where it is still there at the end, or undefined.
 */
export async function waitUntilGone(
  client: ApiClient,
  { resource, key, uid, limit }: { resource: Resource; key: ObjectKey; uid: string; limit: number },
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  let pause = FIRST_PAUSE;
  for (let waited = 0; ; waited += pause, pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const live = await readObject(client, resource, key, signal);
    if (live === undefined || metadataOf(live).uid !== uid) return undefined;
    if (waited >= limit) return live;
    await sleep(pause, signal);
  }
}

/** Why an object cannot come back yet, with what keeps the one before it. */
export function describeDeletion(live: JsonObject): string {
  const { finalizers = [], deletionTimestamp } = metadataOf(live);
  const kept =
    finalizers.length > 0
      ? `, kept by ${finalizers.length === 1 ? "the finalizer" : "the finalizers"} ${finalizers.join(", ")}`
      : "";
  return `the one before has been in deletion since ${deletionTimestamp}${kept}: once it is gone, restore again`;
}
