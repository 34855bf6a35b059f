import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { OperatorError } from "../../errors.ts";
import type { BackupForm } from "../contract/backup-name.ts";
import type { RandomAccess } from "../contract/store.ts";
import { hasEtag } from "./answers/answer-form.ts";
import { request, type S3Access, type SendOptions } from "./s3-access.ts";
import { isConditionFailed, isDenied, isMissing, isRangeOfNothing } from "./s3-error-facts.ts";
import { notS3 } from "./s3-errors.ts";
import { listPage } from "./s3-listing.ts";

/** The metadata of an object. */
export interface ObjectFacts {
  /** Size in bytes. */
  size: number;
  /** The ETag with quotes. Mostly the MD5 of an object that was uploaded in one request, but not always. */
  etag: string;
  /** The value of {@link UPLOAD_MARK}. */
  upload: string | undefined;
  /** Why nobody may remove this version; undefined where nothing is known of that. */
  lock?: LockFacts | undefined;
  /** The first bytes of the object, where they were asked for and came. */
  first?: Uint8Array | undefined;
}

/** The lock of an object. */
interface LockFacts {
  /** Until when it is retained. */
  until: Date | undefined;
  legalHold: boolean;
}

/** The metadata key that tells which upload created the object. */
export const UPLOAD_MARK = "kube-backup-upload";

/** Retries of a response body that breaks off; the SDK only retries requests without a response. */
export const BODY_RETRIES = 3;

/**
 * Returns the metadata of an object, or undefined if there is no object.
 *
 * Reads the first byte instead of sending HEAD: a response to HEAD has no error code, so a missing bucket
 * would look like a missing object.
 *
 * @param options.first how many bytes are read, 1 by default: of a small object all of them come with its metadata.
 */
export async function describeObject(
  access: S3Access,
  key: string,
  task: string,
  signal: AbortSignal,
  { versionId, first = 1 }: { versionId?: string | undefined; first?: number } = {},
): Promise<ObjectFacts | undefined> {
  const object = { Bucket: access.place.bucket, Key: key, VersionId: versionId };
  const command = new GetObjectCommand({ ...object, Range: `bytes=0-${first - 1}` });
  return await request(access, task, signal, async (options) => {
    const answer = await access.client.send(command, options).catch(async (error: unknown) => {
      if (isMissing(error) || (isDenied(error) && (await isUnlisted(access, key, signal)))) return undefined;
      if (isRangeOfNothing(error)) return await askForEmpty(access, object, options);
      throw error;
    });
    if (answer === undefined) return undefined;
    if (answer.ContentLength === 0 && hasEtag(answer.ETag)) {
      return { size: 0, etag: answer.ETag, upload: answer.Metadata?.[UPLOAD_MARK] };
    }
    const [, last, whole] = /^bytes 0-(\d+)\/(\d+)$/.exec(answer.ContentRange ?? "") ?? [];
    const size = Number(whole ?? Number.NaN);
    if (Number(last) !== Math.min(first, size) - 1 || !hasEtag(answer.ETag)) {
      await answer.Body?.transformToWebStream().cancel();
      const { reason, advice } = notS3(access.place);
      throw new OperatorError(
        `${task}: ${reason}, or one that serves no ranges`,
        advice === undefined ? {} : { advice },
      );
    }
    // What breaks off is read again by whoever needs it.
    const bytes = await answer.Body?.transformToByteArray().catch(() => undefined);
    const lock = {
      until: answer.ObjectLockRetainUntilDate,
      legalHold: answer.ObjectLockLegalHoldStatus === "ON",
    };
    const facts = { size, etag: answer.ETag, upload: answer.Metadata?.[UPLOAD_MARK], lock };
    return first > 1 && bytes?.length === Math.min(first, size) ? { ...facts, first: bytes } : facts;
  });
}

/** An empty object has no first byte: it is asked for whole. It is no backup, and the store is in order. */
async function askForEmpty(
  access: S3Access,
  object: GetObjectCommandInput,
  options: SendOptions,
): Promise<GetObjectCommandOutput> {
  const answer = await access.client.send(new GetObjectCommand(object), options);
  await answer.Body?.transformToWebStream().cancel();
  return answer;
}

/**
 * Whether a listing that is allowed lacks a key. A policy that allows listings of the prefix alone has S3 deny an object
 * that is not there, as if it were one that may not be read.
 */
export async function isUnlisted(access: S3Access, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { objects } = await listPage(access, { prefix: key, limit: 1 }, signal);
    return objects[0]?.key !== key;
  } catch {
    return false;
  }
}

/** An ETag as listings and other requests are compared by it: some write the quotes, and some do not. */
export function withoutQuotes(etag: string): string {
  return etag.replaceAll('"', "");
}

/** Options of {@link S3Object}. */
export interface S3ObjectOptions {
  access: S3Access;
  key: string;
  /** The name of the backup. */
  name: string;
  /** The beginning of errors: "Cannot read backup_… in s3://…". */
  task: string;
  form?: BackupForm | undefined;
  facts: ObjectFacts;
  /** The version of the object; the current one otherwise. */
  versionId?: string;
}

/** The object of a backup, pinned to the ETag of the time when the object was opened. */
export class S3Object implements RandomAccess {
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly form: BackupForm | undefined;
  readonly #options: S3ObjectOptions;

  constructor(options: S3ObjectOptions) {
    this.name = options.name;
    this.form = options.form;
    this.size = options.facts.size;
    this.etag = withoutQuotes(options.facts.etag);
    this.#options = options;
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    if (start < 0 || end > this.size || start > end) {
      throw new RangeError(`Bytes ${start} to ${end} of ${this.name} were asked for, which has ${this.size}`);
    }
    signal.throwIfAborted();
    if (start === end) return new Uint8Array(0);
    const { access, task } = this.#options;
    return await request(access, task, signal, async () => {
      return await pRetry(() => this.#fetch(start, end, signal), {
        retries: BODY_RETRIES,
        minTimeout: 200,
        signal,
        shouldRetry: ({ error }) => error instanceof BrokenBodyError,
      });
    });
  }

  async #fetch(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    const { access, key, task, facts, versionId } = this.#options;
    const command = new GetObjectCommand({
      Bucket: access.place.bucket,
      Key: key,
      VersionId: versionId,
      Range: `bytes=${start}-${end - 1}`,
      IfMatch: facts.etag,
    });
    const answer = await access.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      if (!isConditionFailed(error) && !isMissing(error)) throw error;
      throw new OperatorError(`${task}: the object was changed or removed since it was opened`);
    });
    if (answer.ContentRange !== `bytes ${start}-${end - 1}/${facts.size}` || answer.ETag !== facts.etag) {
      await answer.Body?.transformToWebStream().cancel();
      throw new OperatorError(`${task}: the server answers with other bytes than those asked for`);
    }
    const bytes = await answer.Body?.transformToByteArray().catch((error: unknown) => {
      throw new BrokenBodyError(error);
    });
    if (bytes?.length !== end - start) throw new BrokenBodyError(undefined);
    return bytes;
  }

  async close(): Promise<void> {}
}

/** A truncated response body, which is worth a retry. */
export class BrokenBodyError extends Error {
  override name = "BrokenBodyError";

  constructor(cause: unknown) {
    const timedOut = cause instanceof Error && cause.name === "TimeoutError";
    super(timedOut ? "the answer stopped coming" : "the answer broke off", { cause });
  }
}
