/**
 * The record of a restore that the gate has begun: a ConfigMap in kube-system. After a restart the
 * restore goes on with the same backup, even if that has become stale meanwhile.
 */

import { createObject, deleteObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { CONFIG_MAPS } from "../kubernetes/resource.ts";

/** Where the record is. */
export const RECORD = { namespace: "kube-system", name: "kube-backup-restore" };

/** A restore that was begun. */
export interface BegunRestore {
  /** Name of the backup. */
  backup: string;
  /** The store that it lies in. */
  store: string;
  /** When the restore began, RFC 3339. */
  begun: string;
}

/** Reads the record, or undefined where no restore was begun. */
export async function readBegun(client: ApiClient, signal: AbortSignal): Promise<BegunRestore | undefined> {
  const object = await readObject<{ data?: Partial<BegunRestore> }>(client, CONFIG_MAPS, RECORD, signal);
  const { backup, store, begun } = object?.data ?? {};
  if (backup === undefined) return undefined;
  return { backup, store: store ?? "", begun: begun ?? "" };
}

/** Records that a restore begins. */
export async function recordBegun(
  client: ApiClient,
  restore: BegunRestore,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...RECORD, labels: { "app.kubernetes.io/managed-by": "kube-backup" } },
    data: restore,
  };
  await createObject(client, { resource: CONFIG_MAPS, key: RECORD, body: JSON.stringify(body) }, signal);
}

/** Removes the record, if there is one. */
export async function forgetBegun(client: ApiClient, signal: AbortSignal): Promise<void> {
  await deleteObject(client, { resource: CONFIG_MAPS, key: RECORD }, signal);
}
