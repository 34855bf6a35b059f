/**
 * The record of a restore that the gate has begun: a ConfigMap in kube-system. After a restart, the gate resumes the
 * restore of the same backup, even if the backup has become stale meanwhile.
 */

import { createObject, deleteObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { CONFIG_MAPS } from "../kubernetes/resource.ts";

/** The ConfigMap of the record. */
export const RECORD = { namespace: "kube-system", name: "kube-backup-restore" };

/** A restore that was begun and has not ended. */
export interface RestoreRecord {
  /** Name of the backup. */
  backup: string;
  /** URL of the store that holds the backup. */
  store: string;
  /** When the restore began, RFC 3339. */
  begun: string;
}

/** A record in the cluster. */
export interface FoundRecord extends RestoreRecord {
  /** When the API server stored the record. */
  stored: Date | undefined;
}

/** Reads the record; undefined where there is none. */
export async function readRestoreRecord(
  client: ApiClient,
  signal: AbortSignal,
): Promise<FoundRecord | undefined> {
  const object = await readObject<{
    metadata: { creationTimestamp?: string };
    data?: Partial<RestoreRecord>;
  }>(client, CONFIG_MAPS, RECORD, signal);
  const { backup, store, begun } = object?.data ?? {};
  if (backup === undefined) return undefined;
  const { creationTimestamp } = object?.metadata ?? {};
  const stored = creationTimestamp === undefined ? undefined : new Date(creationTimestamp);
  return { backup, store: store ?? "", begun: begun ?? "", stored };
}

/** Writes the record, before the restore begins. */
export async function writeRestoreRecord(
  client: ApiClient,
  record: RestoreRecord,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...RECORD, labels: { "app.kubernetes.io/managed-by": "kube-backup" } },
    data: record,
  };
  await createObject(client, { resource: CONFIG_MAPS, key: RECORD, body: JSON.stringify(body) }, signal);
}

/** Deletes the record, if there is one. */
export async function deleteRestoreRecord(client: ApiClient, signal: AbortSignal): Promise<void> {
  await deleteObject(client, { resource: CONFIG_MAPS, key: RECORD }, signal);
}
