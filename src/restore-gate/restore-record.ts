/**
 * The record of a restore that the gate has begun: a ConfigMap in the namespace of the program. After a restart, the gate resumes the
 * restore of the same backup, even if the backup has become stale meanwhile. Whoever creates it restores.
 */

import { createObject, deleteObject, patchObject, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { CONFIG_MAPS } from "../kubernetes/resource.ts";
import { VERDICTS, type Verdict } from "../restore/verdict.ts";
import { momentMembers, type RecordedMoment, recordedMoment } from "./newest/recorded-moment.ts";

/**
 * The ConfigMap of the record.
 *
 * @param namespace that of the program.
 */
export function recordKey(namespace: string): { namespace: string; name: string } {
  return { namespace, name: "kube-backup-restore" };
}

/** A restore that was begun and has not ended, with what the gate decided by. */
export interface RestoreRecord {
  /** Name of the backup. */
  backup: string;
  /** The moment that is restored, where it is none of a backup. */
  moment?: RecordedMoment | undefined;
  /** URL of the store that holds the backup. */
  store: string;
  /** SHA-256 of the backup's manifest: another archive of the name is not the one that was begun. */
  manifest: string;
  /** What this cluster was when the restore began. */
  judged: Verdict;
  /** When the restore began, RFC 3339. */
  begun: string;
  /** Who began it, as in a Lease. */
  holder: string;
}

/** A record in the cluster. One that lacks something allows nothing. */
export interface FoundRecord {
  /** Empty where the record names none. */
  backup: string;
  begun: string;
  /** All that it says; undefined where anything is missing, or is nothing that the gate writes. */
  complete: RestoreRecord | undefined;
  /** When the API server stored the record. */
  stored: Date | undefined;
  /** The namespace of the program. */
  namespace: string;
  uid: string;
  resourceVersion: string;
}

/** The members of the ConfigMap. */
type RecordMember = keyof RestoreRecord | "timeline" | "revision";

interface RecordObject {
  metadata: { namespace: string; uid: string; resourceVersion: string; creationTimestamp?: string };
  data?: Partial<Record<RecordMember, string>>;
}

/** Reads the record; undefined where there is none. */
export async function readRestoreRecord(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<FoundRecord | undefined> {
  const object = await readObject<RecordObject>(client, CONFIG_MAPS, recordKey(namespace), signal);
  return object === undefined ? undefined : found(object);
}

function found({ metadata, data = {} }: RecordObject): FoundRecord {
  const { namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const stored = creationTimestamp === undefined ? undefined : new Date(creationTimestamp);
  const { backup = "", begun = "" } = data;
  return { backup, begun, complete: completeRecord(data), stored, namespace, uid, resourceVersion };
}

/** The record where it says all that the gate writes. */
export function completeRecord(data: Partial<Record<RecordMember, string>>): RestoreRecord | undefined {
  const { backup = "", store = "", manifest = "", judged, begun = "", holder = "" } = data;
  const verdict = VERDICTS.find((each) => each === judged);
  if (backup === "" || store === "" || verdict === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(manifest) || Number.isNaN(Date.parse(begun))) return undefined;
  const moment = recordedMoment(data, backup);
  if (moment === null) return undefined;
  const record = { backup, store, manifest, judged: verdict, begun, holder };
  return moment === undefined ? record : { ...record, moment };
}

function membersOf({ moment, ...record }: RestoreRecord): Record<string, string> {
  return moment === undefined ? record : { ...record, ...momentMembers(moment) };
}

/**
 * Writes the record, before the restore begins: a new one, or over one whose restore is decided anew.
 *
 * @param namespace that of the program.
 * @param before the record that is there. One that is complete keeps the time at which the API server stored it, and so
 * what was created since then counts as this restore's.
 * @returns undefined where another gate has begun a restore, or changed the record, meanwhile.
 */
export async function writeRestoreRecord(
  client: ApiClient,
  {
    namespace,
    record,
    before,
  }: { namespace: string; record: RestoreRecord; before: FoundRecord | undefined },
  signal: AbortSignal,
): Promise<FoundRecord | undefined> {
  if (before?.complete !== undefined) return await replaceRecord(client, { record, before }, signal);
  if (before !== undefined && !(await deleteRestoreRecord(client, before, signal))) return undefined;
  const key = recordKey(namespace);
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...key, labels: { "app.kubernetes.io/managed-by": "kube-backup" } },
    data: membersOf(record),
  };
  const write = { resource: CONFIG_MAPS, key, body: JSON.stringify(body) };
  const { text } = await createObject(client, write, signal);
  return text === undefined ? undefined : found(JSON.parse(text) as RecordObject);
}

/** In a merge patch: whatever moment the record named before. */
const NO_MOMENT = { timeline: null, revision: null, moment: null };

async function replaceRecord(
  client: ApiClient,
  { record, before }: { record: RestoreRecord; before: FoundRecord },
  signal: AbortSignal,
): Promise<FoundRecord | undefined> {
  const { uid, resourceVersion } = before;
  const body = JSON.stringify({
    metadata: { uid, resourceVersion },
    data: { ...NO_MOMENT, ...membersOf(record) },
  });
  try {
    const key = recordKey(before.namespace);
    const { text } = await patchObject(client, { resource: CONFIG_MAPS, key, body }, signal);
    return found(JSON.parse(text) as RecordObject);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return undefined;
    throw error;
  }
}

/**
 * Deletes a record, if it is still that one.
 *
 * @returns false where it is another one by now.
 */
export async function deleteRestoreRecord(
  client: ApiClient,
  { namespace, uid }: Pick<FoundRecord, "namespace" | "uid">,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const key = recordKey(namespace);
    await deleteObject(client, { resource: CONFIG_MAPS, key, preconditions: { uid } }, signal);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}
