import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { BACKUP_NAME_PREFIX } from "../../contract/backup-name.ts";
import type { S3WriteOptions } from "../../contract/s3-options.ts";
import type { Job } from "../../contract/store-access.ts";
import type { S3Access } from "../s3-access.ts";
import { GRACE } from "../s3-commit.ts";
import { objectParameters } from "../s3-object-headers.ts";
import { probeAbort, probeParts } from "./probe-parts.ts";
import { type Attempt, attempt, unlessThere, untried } from "./s3-attempts.ts";

/** What became of each operation. */
export interface Probes {
  list: Attempt;
  listUploads: Attempt;
  get: Attempt;
  put: Attempt;
  /** The same without tags, where it was refused with them. */
  putWithoutTags: Attempt | undefined;
  /** The requests of an upload in parts by their names, up to the first that is not allowed. */
  parts: Record<string, Attempt>;
  listParts: Attempt;
  abort: Attempt;
  remove: Attempt;
  /** Keys that were made and could not be removed. */
  leftBehind: string[];
}

/**
 * Names that are no backups', among the keys for which the rights are. They are always the same: who may not delete
 * leaves two small objects behind, and not two more each time.
 */
const WHOLE = `${BACKUP_NAME_PREFIX}access-check`;
const IN_PARTS = `${BACKUP_NAME_PREFIX}access-check-parts`;
const BESIDE = "notes/access-check";
const BODY = "Written by kube-backup check-access, to see whether that is allowed. It is no backup.\n";

const NOT_TRIED = untried("not needed");
const NOT_GIVEN_UP = { listParts: NOT_TRIED, abort: NOT_TRIED };
const NOT_WRITTEN = { put: NOT_TRIED, putWithoutTags: undefined };

/**
 * Sends each request that the program sends to S3 for some jobs, and removes what it has made. Writes nothing where
 * nothing is to be written.
 *
 * @throws {OperatorError} where nothing can be asked.
 */
export async function probeS3(access: S3Access, jobs: readonly Job[], signal: AbortSignal): Promise<Probes> {
  const writes = jobs.includes("backup");
  const [whole, inParts, beside] = [WHOLE, IN_PARTS, BESIDE].map((key) => access.keyPrefix + key) as [
    string,
    string,
    string,
  ];
  const made = new Set<string>();
  let probes: Omit<Probes, "leftBehind">;
  try {
    const { list, existing } = await probeList(access, signal);
    if (writes) made.add(whole).add(beside);
    const ofBackups = writes ? await probePut(access, whole, signal) : NOT_WRITTEN;
    if (!isWritten(ofBackups)) made.delete(whole);
    // A policy for the keys of backups alone refuses the notes beside them, and so every backup.
    const ofNotes = isWritten(ofBackups) ? await probePut(access, beside, signal) : NOT_WRITTEN;
    if (!isWritten(ofNotes)) made.delete(beside);
    const { put, putWithoutTags } =
      isWritten(ofBackups) && ofNotes.put.allowed !== true ? ofNotes : ofBackups;
    const get = await probeGet(access, { key: made.has(whole) ? whole : existing, missing: whole }, signal);
    if (writes) made.add(inParts);
    const parts = writes ? await probeParts(access, { key: inParts, body: BODY }, signal) : {};
    if (parts.CompleteMultipartUpload?.allowed !== true) made.delete(inParts);
    const { listParts, abort } = writes ? await probeAbort(access, inParts, signal) : NOT_GIVEN_UP;
    const listUploads = writes ? await probeListUploads(access, signal) : NOT_TRIED;
    const remove =
      writes || jobs.includes("prune")
        ? await attempt(access.place, signal, () => removeKey(access, whole, signal))
        : NOT_TRIED;
    if (remove.allowed === true) made.delete(whole);
    probes = { list, listUploads, get, put, putWithoutTags, parts, listParts, abort, remove };
  } finally {
    for (const key of made) {
      const done = removeKey(access, key, AbortSignal.timeout(GRACE)).then(() => made.delete(key));
      await done.catch(() => undefined);
    }
  }
  return { ...probes, leftBehind: [...made].sort() };
}

function isWritten({ put, putWithoutTags }: Pick<Probes, "put" | "putWithoutTags">): boolean {
  return put.allowed === true || putWithoutTags?.allowed === true;
}

async function probeList(
  { client, place, keyPrefix }: S3Access,
  signal: AbortSignal,
): Promise<{ list: Attempt; existing: string | undefined }> {
  let existing: string | undefined;
  const Prefix = keyPrefix + BACKUP_NAME_PREFIX;
  const command = new ListObjectsV2Command({ Bucket: place.bucket, Prefix, MaxKeys: 1 });
  const list = await attempt(place, signal, async () => {
    existing = (await client.send(command, { abortSignal: signal })).Contents?.[0]?.Key;
  });
  return { list, existing };
}

async function probeListUploads(
  { client, place, keyPrefix }: S3Access,
  signal: AbortSignal,
): Promise<Attempt> {
  const Prefix = keyPrefix + BACKUP_NAME_PREFIX;
  const command = new ListMultipartUploadsCommand({ Bucket: place.bucket, Prefix, MaxUploads: 1 });
  return await attempt(place, signal, () => client.send(command, { abortSignal: signal }));
}

/** Whether it is the tags that are refused shows where they are left out. */
async function probePut(
  { client, place, write }: S3Access,
  key: string,
  signal: AbortSignal,
): Promise<Pick<Probes, "put" | "putWithoutTags">> {
  const putWith = (asked: S3WriteOptions) => {
    const object = { Bucket: place.bucket, Key: key, Body: BODY, ...objectParameters(asked) };
    const write = (condition: object) =>
      client.send(new PutObjectCommand({ ...object, ...condition }), { abortSignal: signal });
    return attempt(place, signal, () => unlessThere(write));
  };
  const put = await putWith(write);
  const { tags, ...withoutTags } = write;
  const again = put.allowed !== true && tags !== undefined;
  return { put, putWithoutTags: again ? await putWith(withoutTags) : undefined };
}

/** A missing object is denied to who may not list all of the bucket, so that only an object gives a certain answer. */
async function probeGet(
  { client, place }: S3Access,
  { key, missing }: { key: string | undefined; missing: string },
  signal: AbortSignal,
): Promise<Attempt> {
  const command = new GetObjectCommand({ Bucket: place.bucket, Key: key ?? missing, Range: "bytes=0-0" });
  const get = await attempt(place, signal, async () => {
    const { Body } = await client.send(command, { abortSignal: signal });
    await Body?.transformToByteArray();
  });
  if (key !== undefined || get.allowed !== false) return get;
  return untried(`there is no object to read, and a missing one is answered with: ${get.why}`);
}

async function removeKey({ client, place }: S3Access, Key: string, signal: AbortSignal): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: place.bucket, Key }), { abortSignal: signal });
}
