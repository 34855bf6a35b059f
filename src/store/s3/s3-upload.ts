import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import PQueue from "p-queue";
import { OperatorError } from "../../errors.ts";
import { untilAborted } from "../contract/content.ts";
import { type Part, partsOf } from "../contract/parts.ts";
import type { StoredObject } from "../contract/store.ts";
import { request } from "./s3-access.ts";
import { afterwards, commitOnce, GRACE, type Upload } from "./s3-commit.ts";
import { isMissing } from "./s3-error-facts.ts";
import { notS3, s3Error } from "./s3-errors.ts";
import { lockParameters, objectParameters } from "./s3-object-headers.ts";
import { UPLOAD_MARK } from "./s3-reading.ts";

/** The least size that S3 allows. The limit of 10,000 parts then holds ten times the largest archive. */
const PART_BYTES = 5 * 1024 * 1024;

const MAX_PARTS = 10_000;

/** While these parts are sent, the next one fills: 15 MiB of memory in all. */
const PARTS_IN_FLIGHT = 2;

/**
 * Uploads a stream of unknown length to a key that has no object yet: up to {@link PART_BYTES} in one request, more
 * in parts that the last request makes an object. Content-MD5 lets the server check the bytes of each request, and the
 * object is verified afterwards.
 *
 * @throws {BackupExistsError} if there is an object, also if the object appeared meanwhile.
 */
export async function uploadOnce(
  upload: Upload,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<StoredObject> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const parts = partsOf(untilAborted(content, either), PART_BYTES);
  try {
    const { value: first } = await parts.next();
    if (first === undefined) throw new OperatorError(`${upload.task}: its content is empty`);
    if (first.last) return await sendWhole(upload, first.bytes, signal);
    return await sendInParts(upload, { first, rest: parts, failed, either }, signal);
  } finally {
    await parts.return();
  }
}

async function sendWhole(upload: Upload, bytes: Buffer, signal: AbortSignal): Promise<StoredObject> {
  const md5 = createHash("md5").update(bytes).digest();
  const object = {
    ...place(upload),
    ...head(upload),
    Body: bytes,
    ContentLength: bytes.length,
    ContentMD5: md5.toString("base64"),
  };
  const { client } = upload.access;
  const write = (condition: object, options: { abortSignal: AbortSignal }) =>
    client.send(new PutObjectCommand({ ...object, ...condition }), options);
  return await commitOnce(upload, { write, size: bytes.length, md5: md5.toString("hex") }, signal);
}

/** The parts of an upload. */
interface Parts {
  first: Part;
  rest: AsyncIterable<Part>;
  /** Aborts all parts when one fails. */
  failed: AbortController;
  /** Aborts with the caller's signal, or when a part fails. */
  either: AbortSignal;
}

async function sendInParts(upload: Upload, parts: Parts, signal: AbortSignal): Promise<StoredObject> {
  const { client } = upload.access;
  const UploadId = await begin(upload, signal);
  let done = false;
  try {
    signal.throwIfAborted();
    const { sent, size } = await sendAll(upload, UploadId, parts);
    const object = { ...place(upload), UploadId, MultipartUpload: { Parts: sent } };
    const write = (condition: object, options: { abortSignal: AbortSignal }) =>
      client.send(new CompleteMultipartUploadCommand({ ...object, ...condition }), options);
    const stored = await commitOnce(upload, { write, size }, signal);
    done = true;
    return stored;
  } finally {
    if (!done) await dropParts(upload, UploadId);
  }
}

/** Begins an upload, and ends the request after an abort too: an upload whose id nobody has cannot be given up. */
async function begin(upload: Upload, signal: AbortSignal): Promise<string> {
  const { access, task } = upload;
  signal.throwIfAborted();
  const create = new CreateMultipartUploadCommand({ ...place(upload), ...head(upload) });
  const grace = afterwards(signal, GRACE);
  try {
    const { UploadId } = await request(access, task, grace.signal, (options) =>
      access.client.send(create, options),
    );
    if (UploadId === undefined || UploadId === "") {
      throw new OperatorError(`${task}: ${notS3(access.place, "an upload without an id").reason}`);
    }
    return UploadId;
  } finally {
    grace.end();
  }
}

/** Sends the parts, a few at once, and returns when all have been sent or the first one has failed. */
async function sendAll(
  upload: Upload,
  UploadId: string,
  { first, rest, failed, either }: Parts,
): Promise<{ sent: CompletedPart[]; size: number }> {
  const queue = new PQueue({ concurrency: PARTS_IN_FLIGHT });
  const sent: CompletedPart[] = [];
  let size = 0;
  const add = async (content: Part) => {
    const { bytes } = content;
    const PartNumber = sent.length + 1;
    if (PartNumber > MAX_PARTS) throw new OperatorError(`${upload.task}: it has more parts than S3 takes`);
    const part: CompletedPart = { PartNumber };
    sent.push(part);
    size += bytes.length;
    const sending = queue.add(async () => {
      part.ETag = await sendPart(upload, { UploadId, PartNumber }, bytes, either);
      // Only after success: a request that failed may still read the bytes.
      content[Symbol.dispose]();
    });
    sending.catch((error: unknown) => failed.abort(error));
    await queue.onSizeLessThan(1);
  };
  try {
    await add(first);
    for await (const part of rest) await add(part);
  } catch (error) {
    failed.abort(error);
    throw error;
  } finally {
    await queue.onIdle();
  }
  either.throwIfAborted();
  return { sent, size };
}

async function sendPart(
  upload: Upload,
  part: { UploadId: string; PartNumber: number },
  bytes: Buffer,
  signal: AbortSignal,
): Promise<string> {
  const { access, task } = upload;
  const command = new UploadPartCommand({
    ...place(upload),
    ...part,
    Body: bytes,
    ContentLength: bytes.length,
    ContentMD5: createHash("md5").update(bytes).digest("base64"),
  });
  const { ETag } = await request(access, task, signal, (options) => access.client.send(command, options));
  if (ETag === undefined) throw new OperatorError(`${task}: ${notS3(access.place).reason}`);
  return ETag;
}

/**
 * Parts that never become an object cost money, and no listing shows them. A server that is slow gets longer than for
 * other requests after an abort: 10 + 15 seconds fit into the 30 that Kubernetes gives a pod.
 */
const DROP_GRACE = 15_000;

/**
 * A part that is under way may be stored after the upload was given up, and must then be given up once more: "it might be
 * necessary to abort a given multipart upload multiple times" (the documentation of AbortMultipartUpload). Pauses in ms.
 */
const DROP_PAUSES = [0, 200, 600];

async function dropParts(upload: Upload, UploadId: string): Promise<void> {
  const { access, name } = upload;
  const command = new AbortMultipartUploadCommand({ ...place(upload), UploadId });
  const signal = AbortSignal.timeout(DROP_GRACE);
  try {
    for (const pause of DROP_PAUSES) {
      await sleep(pause, undefined, { signal });
      await access.client.send(command, { abortSignal: signal });
    }
  } catch (error) {
    if (isMissing(error)) return;
    const { message } = s3Error("Cannot remove the parts of an unfinished upload", error, access.place);
    access.log.warn({ backup: name }, message);
  }
}

function place({ access, key }: Upload): { Bucket: string; Key: string } {
  return { Bucket: access.place.bucket, Key: key };
}

function head({ access, form, mark }: Upload) {
  const type = form === "zip.age" ? "application/octet-stream" : "application/zip";
  const metadata = { ContentType: type, Metadata: { [UPLOAD_MARK]: mark } };
  return { ...metadata, ...objectParameters(access.write), ...lockParameters(access.write, access.now()) };
}
