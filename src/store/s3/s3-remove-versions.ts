import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { LockedError } from "../contract/locked-error.ts";
import type { StoredVersions } from "../contract/store.ts";
import { TwoFormsError } from "../contract/two-forms-error.ts";
import { request, type S3Access } from "./s3-access.ts";
import { factsOf, isMissing } from "./s3-error-facts.ts";
import { rejectLocked } from "./s3-object-lock.ts";
import { describeObject } from "./s3-reading.ts";
import { listVersions, rejectDenied, type VersionEntry } from "./s3-versions.ts";

/** What is stored under some keys, hidden or not. */
export async function storedVersions(
  access: S3Access,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<StoredVersions> {
  const versions = (await entriesOf(access, keys, signal)).filter(({ kind }) => kind === "version");
  return { count: versions.length, size: versions.reduce((sum, { size }) => sum + size, 0) };
}

/** What is removed. */
interface Removed {
  name: string;
  /** The keys of the forms of the backup. */
  keys: readonly string[];
  /** Of two that are visible, the one that is meant. */
  wanted: string | undefined;
  task: string;
}

/**
 * Removes the versions and the delete markers of a backup.
 *
 * @throws {LockedError} where a version is locked, after all that may go beside it is gone.
 * @throws {TwoFormsError} where two forms are visible and nobody says which is meant: one of them may be somebody else's.
 */
export async function removeVersions(
  access: S3Access,
  { name, keys, wanted, task }: Removed,
  signal: AbortSignal,
): Promise<void> {
  const all = await entriesOf(access, keys, signal);
  const isTwo = all.filter(({ kind, latest }) => kind === "version" && latest).length > 1;
  if (isTwo && wanted === undefined) throw new TwoFormsError(task, name);
  const entries = isTwo ? all.filter(({ key }) => key === wanted) : all;
  const locks = await locksOf(access, { entries, task }, signal);
  for (const entry of versionsToRemove(entries, new Set(locks.keys())))
    await removeEntry(access, { entry, task }, signal);
  const [lock] = locks.values();
  if (lock !== undefined) throw lock;
}

async function removeEntry(
  access: S3Access,
  { entry: { key, versionId }, task }: { entry: VersionEntry; task: string },
  signal: AbortSignal,
): Promise<void> {
  const object = { Bucket: access.place.bucket, Key: key };
  await request(access, task, signal, async (options) => {
    const send = (VersionId?: string) =>
      access.client.send(new DeleteObjectCommand({ ...object, VersionId }), options);
    try {
      await send(versionId).catch(async (error: unknown) => {
        // A server without versions lists objects as versions of this id, and may know it in no other request.
        if (versionId !== "null" || factsOf(error).name !== "InvalidArgument") throw error;
        await send();
      });
    } catch (error) {
      if (!isMissing(error)) rejectDenied(task)(error);
    }
  });
}

/**
 * Which entries to remove, in this order: the oldest first and what a plain request sees last, so that nothing older appears
 * in its place, whenever this ends. Of a key with a locked version the latest entry stays, for the same reason.
 *
 * @param entries of any keys, in any order.
 * @param locked the ids of the versions that a lock keeps.
 */
export function versionsToRemove(
  entries: readonly VersionEntry[],
  locked: ReadonlySet<string>,
): VersionEntry[] {
  const ofKeys = Map.groupBy(entries, ({ key }) => key).values();
  return [...ofKeys].flatMap((ofKey) => {
    const isLocked = ofKey.some(({ versionId }) => locked.has(versionId));
    return ofKey
      .filter(({ versionId, latest }) => !locked.has(versionId) && !(isLocked && latest))
      .sort((a, b) => Number(a.latest) - Number(b.latest) || ageOf(a) - ageOf(b));
  });
}

function ageOf({ lastModified }: VersionEntry): number {
  return lastModified?.getTime() ?? 0;
}

/** A listing of a prefix has longer keys too. */
async function entriesOf(
  access: S3Access,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<VersionEntry[]> {
  const prefix = keys.reduce((shortest, key) => (key.length < shortest.length ? key : shortest));
  const entries = await Array.fromAsync(listVersions(access, prefix, signal));
  return entries.filter(({ key }) => keys.includes(key));
}

/** The locks of versions by their ids. */
async function locksOf(
  access: S3Access,
  { entries, task }: { entries: readonly VersionEntry[]; task: string },
  signal: AbortSignal,
): Promise<Map<string, LockedError>> {
  const locks = new Map<string, LockedError>();
  for (const { key, versionId, kind, latest } of entries) {
    if (kind === "marker") continue;
    const facts = await describeObject(access, key, task, signal, {
      versionId: latest ? undefined : versionId,
    });
    try {
      if (facts !== undefined) rejectLocked(facts, task, access.now());
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      locks.set(versionId, error);
    }
  }
  return locks;
}
