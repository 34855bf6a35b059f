import { createHash } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import { request, type S3Access, type SendOptions } from "./s3-access.ts";
import { isConditionFailed, isConditionUnknown, s3Error } from "./s3-errors.ts";
import { describeObject, type ObjectFacts, S3Object } from "./s3-reading.ts";

/** How long an upload's last steps, and cleaning up after it, may go on after an abort; in milliseconds. */
export const GRACE = 5_000;

/** What is uploaded. */
export interface Upload {
  access: S3Access;
  /** The backup's name. */
  name: string;
  key: string;
  /** What errors begin with: "Cannot store backup_… in s3://…". */
  task: string;
  /** Kept with the object: tells it from that of another program under the same name. */
  mark: string;
}

/** The request that makes the object. */
export interface Commit {
  /** Sends it, with the condition that there is no object yet, or without. */
  write: (condition: { IfNoneMatch?: "*" }, options: SendOptions) => Promise<unknown>;
  /** What the object must then be. */
  size: number;
  /** Hexadecimal; where the object is sent in one piece. */
  md5?: string;
}

/**
 * Sends the request that makes the object, where there is none yet, and looks at what is there
 * afterwards. Once begun it outlives an abort by {@link GRACE}: broken off, nobody would know whether
 * the backup is there.
 *
 * @throws {BackupExistsError} when there is an object of another upload.
 */
export async function commitOnce(upload: Upload, commit: Commit, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const grace = afterwards(signal, GRACE);
  try {
    await write(upload, commit, grace.signal);
    await check(upload, commit, grace.signal);
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
    // An answer may be lost and the request repeated: then what is in the way is our own.
    const found = await find(upload, AbortSignal.timeout(GRACE)).catch(() => undefined);
    if (found?.upload === mark) return;
    if (signal.aborted) throw signal.reason;
    if (!isConditionFailed(error)) throw s3Error(task, error, access.place);
    if (found !== undefined) throw new BackupExistsError(name, access.url);
    throw new OperatorError(`${task}: another program is writing a backup of that name`);
  }
}

/** Looks at the object: what is not as it was sent is removed again. */
async function check(upload: Upload, { size, md5 }: Commit, signal: AbortSignal): Promise<void> {
  const { access, name, key, task, mark } = upload;
  const found = await find(upload, signal);
  // Without conditional writes another program's may have taken its place.
  if (found?.upload !== undefined && found.upload !== mark) throw new BackupExistsError(name, access.url);
  if (found?.size === size && (md5 === undefined || (await hasMd5(upload, found, md5, signal)))) return;
  if (found !== undefined) {
    const remove = new DeleteObjectCommand({ Bucket: access.place.bucket, Key: key });
    await request(access, task, signal, (options) => access.client.send(remove, options));
  }
  throw new OperatorError(`${task}: what the server holds afterwards is not what was sent`);
}

/** The ETag says so at once, unless the server encrypts or makes its own: then the object is read. */
async function hasMd5(
  upload: Upload,
  facts: ObjectFacts,
  md5: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (facts.etag.replaceAll('"', "") === md5) return true;
  const bytes = await new S3Object({ ...upload, facts }).read(0, facts.size, signal);
  return createHash("md5").update(bytes).digest("hex") === md5;
}

async function find({ access, key, task }: Upload, signal: AbortSignal): Promise<ObjectFacts | undefined> {
  return await describeObject(access, key, task, signal);
}

/** A signal that follows another after some time; `end` lets go of both. */
function afterwards(signal: AbortSignal, milliseconds: number): { signal: AbortSignal; end: () => void } {
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
