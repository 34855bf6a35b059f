import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type MultipartUpload,
} from "@aws-sdk/client-s3";
import { BACKUP_NAME_PREFIX, backupNameOfFile } from "../contract/backup-name.ts";
import { request, type S3Access } from "./s3-access.ts";
import { isDenied, isMissing } from "./s3-error-facts.ts";
import { s3Problem } from "./s3-errors.ts";

/**
 * How long nothing may have come of an upload before it counts as left behind, in milliseconds. A backup sends a part
 * of 5 MiB every few seconds; one that sends none for so long is stuck, and its last request fails in good order.
 */
const LEFT_BEHIND_AFTER = 3_600_000;

/** The most pages, of a thousand uploads each, that are looked through: others' uploads may be among them. */
const MAX_PAGES = 10;

/** An upload of a store's prefix. */
interface FoundUpload {
  key: string;
  id: string;
  initiated: Date;
}

/**
 * Gives up the uploads of backups that killed processes have left behind. Their parts cost money, and no listing of
 * objects shows them. Who may not list uploads gets a note at debug level: a lifecycle rule does the same.
 *
 * @returns the keys of what was given up.
 */
export async function sweepUploads(access: S3Access, signal: AbortSignal): Promise<string[]> {
  const swept: string[] = [];
  try {
    for (const upload of await findUploads(access, signal)) {
      if (await isLeftBehind(access, upload, signal)) {
        await giveUp(access, upload, signal);
        swept.push(upload.key);
      }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { reason } = s3Problem(error, access.place);
    access.log.debug(
      { reason, denied: isDenied(error) },
      "Uploads that killed processes have left behind are not removed",
    );
  }
  return swept;
}

/** Uploads of backups, and of the check of the rights, below the prefix. */
async function findUploads(access: S3Access, signal: AbortSignal): Promise<FoundUpload[]> {
  const prefix = access.keyPrefix + BACKUP_NAME_PREFIX;
  // MinIO takes the prefix for a whole key, and lists every upload where there is no prefix.
  const prefixes = access.place.endpoint === undefined ? [prefix] : [prefix, undefined];
  const found = new Map<string, FoundUpload>();
  for (const Prefix of prefixes) {
    for await (const { Key, UploadId, Initiated } of uploads(access, Prefix, signal)) {
      if (Key === undefined || UploadId === undefined || Initiated === undefined) continue;
      if (isOurs(access.keyPrefix, Key))
        found.set(UploadId, { key: Key, id: UploadId, initiated: Initiated });
    }
  }
  return [...found.values()];
}

async function* uploads(
  access: S3Access,
  Prefix: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<MultipartUpload> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const command = new ListMultipartUploadsCommand({
      Bucket: access.place.bucket,
      ...(Prefix === undefined ? {} : { Prefix }),
      ...marker,
    });
    const answer = await access.client.send(command, { abortSignal: signal });
    yield* answer.Uploads ?? [];
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = answer;
    if (IsTruncated !== true || NextKeyMarker === undefined) return;
    marker = {
      KeyMarker: NextKeyMarker,
      ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }),
    };
  }
}

/** Whether a key is a backup's or that of `check-access`: nobody else's uploads are touched. */
function isOurs(keyPrefix: string, key: string): boolean {
  if (!key.startsWith(keyPrefix)) return false;
  const file = key.slice(keyPrefix.length);
  return backupNameOfFile(file) !== undefined || file === `${BACKUP_NAME_PREFIX}access-check-parts`;
}

/** Whether nothing has come of an upload for long, by the server's clock. */
async function isLeftBehind(access: S3Access, upload: FoundUpload, signal: AbortSignal): Promise<boolean> {
  const now = access.now().getTime() + (access.clock.skew ?? 0);
  const before = now - LEFT_BEHIND_AFTER;
  if (upload.initiated.getTime() > before) return false;
  const last = await lastPart(access, upload, signal);
  return last === undefined || last.getTime() <= before;
}

/** When the latest part came; undefined where none has. An upload of a large cluster may take longer than the limit. */
async function lastPart(
  { client, place }: S3Access,
  { key, id }: FoundUpload,
  signal: AbortSignal,
): Promise<Date | undefined> {
  let last: Date | undefined;
  let PartNumberMarker: string | undefined;
  for (;;) {
    const command = new ListPartsCommand({
      Bucket: place.bucket,
      Key: key,
      UploadId: id,
      ...(PartNumberMarker === undefined ? {} : { PartNumberMarker }),
    });
    const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return undefined;
    });
    for (const { LastModified } of answer?.Parts ?? []) {
      if (LastModified !== undefined && (last === undefined || LastModified > last)) last = LastModified;
    }
    const next = answer?.NextPartNumberMarker;
    if (answer?.IsTruncated !== true || next === undefined || next === PartNumberMarker) return last;
    PartNumberMarker = next;
  }
}

async function giveUp(access: S3Access, { key, id }: FoundUpload, signal: AbortSignal): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: access.place.bucket, Key: key, UploadId: id });
  await request(access, `Cannot give up the upload of ${key}`, signal, async (options) => {
    await access.client.send(command, options).catch((error: unknown) => {
      // Completed, or given up by another program, meanwhile.
      if (!isMissing(error)) throw error;
    });
  });
}
