import { createHash } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import type { BackupForm } from "../contract/backup-name.ts";
import type { StoredObject } from "../contract/store.ts";
import { request, type S3Access, type SendOptions } from "./s3-access.ts";
import { isConditionFailed, isConditionUnknown, serverWords } from "./s3-error-facts.ts";
import { s3Error } from "./s3-errors.ts";
import { describeObject, type ObjectFacts, S3Object, withoutQuotes } from "./s3-reading.ts";

/** Grace period after an abort for the commit and the cleanup of an upload, in milliseconds. */
export const GRACE = 5_000;

/** The upload of one backup. */
export interface Upload {
  access: S3Access;
  /** The name of the backup. */
  name: string;
  form?: BackupForm | undefined;
  key: string;
  /** The beginning of errors: "Cannot store backup_… in s3://…". */
  task: string;
  /** Stored in the object's metadata. Distinguishes the upload from another program's upload. */
  mark: string;
}

/** The request that creates the object. */
export interface Commit {
  /** Sends the request, with or without the precondition that there is no object. */
  write: (condition: { IfNoneMatch?: "*" }, options: SendOptions) => Promise<unknown>;
  /** What the created object must be. */
  size: number;
  /** MD5 in hexadecimal, where one request uploads the whole object. */
  md5?: string;
}

/**
 * Sends the request that creates the object, if there is no object, and verifies the object. After an
 * abort the commit continues for {@link GRACE}: an interrupted commit leaves the result unknown.
 *
 * @returns the object's size and etag.
 * @throws {BackupExistsError} if there is an object of another upload.
 */
export async function commitOnce(upload: Upload, commit: Commit, signal: AbortSignal): Promise<StoredObject> {
  signal.throwIfAborted();
  const grace = afterwards(signal, GRACE);
  try {
    await write(upload, commit, grace.signal);
    return await check(upload, commit, grace.signal);
  } finally {
    grace.end();
  }
}

async function write(upload: Upload, commit: Commit, signal: AbortSignal): Promise<void> {
  const { access, name, task, mark } = upload;
  const options = { abortSignal: signal };
  try {
    await commit.write({ IfNoneMatch: "*" }, options).catch(async (error: unknown) => {
      if (!isConditionUnknown(error)) throw error;
      access.log.debug(
        { backup: name },
        "The S3 server knows no conditional writes: asking before each instead",
      );
      if ((await find(upload, signal)) !== undefined) throw new BackupExistsError(name, access.url);
      await commit.write({}, options);
    });
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    // After a lost response and a retry, the existing object is this upload's own object.
    const found = await find(upload, AbortSignal.timeout(GRACE)).catch(() => undefined);
    if (found?.upload === mark) return;
    if (signal.aborted) throw signal.reason;
    if (!isConditionFailed(error)) throw s3Error(task, error, access.place);
    if (found !== undefined) throw new BackupExistsError(name, access.url);
    throw new OperatorError(`${task}: another program is writing a backup of that name${serverWords(error)}`);
  }
}

/** Verifies the object. Removes an object that differs from the sent bytes. */
async function check(upload: Upload, { size, md5 }: Commit, signal: AbortSignal): Promise<StoredObject> {
  const { access, name, key, task, mark } = upload;
  const found = await find(upload, signal);
  // Without conditional writes another program may have replaced the object.
  if (found?.upload !== undefined && found.upload !== mark) throw new BackupExistsError(name, access.url);
  if (found?.size === size && (md5 === undefined || (await hasMd5(upload, found, md5, signal)))) {
    return { size, etag: withoutQuotes(found.etag) };
  }
  if (found !== undefined) {
    const remove = new DeleteObjectCommand({ Bucket: access.place.bucket, Key: key });
    await request(access, task, signal, (options) => access.client.send(remove, options));
  }
  throw new OperatorError(`${task}: what the server holds afterwards is not what was sent`);
}

/** Compares the ETag. If the ETag differs (encryption, servers with other ETags), reads the object. */
async function hasMd5(
  upload: Upload,
  facts: ObjectFacts,
  md5: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (withoutQuotes(facts.etag) === md5) return true;
  const bytes = await new S3Object({ ...upload, facts }).read(0, facts.size, signal);
  return createHash("md5").update(bytes).digest("hex") === md5;
}

async function find({ access, key, task }: Upload, signal: AbortSignal): Promise<ObjectFacts | undefined> {
  return await describeObject(access, key, task, signal);
}

/** A signal that aborts some time after another signal. `end` releases the listener and the timer. */
export function afterwards(
  signal: AbortSignal,
  milliseconds: number,
): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    timer = setTimeout(() => controller.abort(signal.reason), milliseconds);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const end = () => {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
  return { signal: controller.signal, end };
}
