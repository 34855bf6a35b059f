import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Access } from "../s3-access.ts";
import { GRACE } from "../s3-commit.ts";
import { objectParameters } from "../s3-object-headers.ts";
import { type Attempt, attempt, unlessThere } from "./s3-attempts.ts";

/** An upload, and what was tried with it. */
interface Begun {
  create: Attempt;
  /** Undefined where the upload was refused. */
  UploadId: string | undefined;
}

/**
 * Uploads one small part and completes the upload.
 *
 * @returns the attempts by the names of the requests, up to the first that is not allowed.
 */
export async function probeParts(
  access: S3Access,
  { key, body }: { key: string; body: string },
  signal: AbortSignal,
): Promise<Record<string, Attempt>> {
  const { client, place } = access;
  const { create, UploadId } = await begin(access, key, signal);
  const attempts: Record<string, Attempt> = { CreateMultipartUpload: create };
  if (UploadId === undefined) return attempts;
  const upload = { Bucket: place.bucket, Key: key, UploadId };
  const options = { abortSignal: signal };
  try {
    let ETag: string | undefined;
    attempts.UploadPart = await attempt(place, signal, async () => {
      ({ ETag } = await client.send(
        new UploadPartCommand({ ...upload, PartNumber: 1, Body: body }),
        options,
      ));
    });
    if (attempts.UploadPart.allowed !== true) return attempts;
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    attempts.CompleteMultipartUpload = await attempt(place, signal, () =>
      unlessThere((condition) =>
        client.send(
          new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ...condition }),
          options,
        ),
      ),
    );
    return attempts;
  } finally {
    // An upload that is complete is no more: that is no error here.
    const abort = new AbortMultipartUploadCommand(upload);
    await client.send(abort, { abortSignal: AbortSignal.timeout(GRACE) }).catch(() => undefined);
  }
}

/**
 * Lists the parts of an upload and gives it up: a real one, or, where none may be begun, one that nobody has begun, which
 * is not there.
 */
export async function probeAbort(
  access: S3Access,
  key: string,
  signal: AbortSignal,
): Promise<{ listParts: Attempt; abort: Attempt }> {
  const { client, place } = access;
  const { UploadId = "kube-backup-access-check" } = await begin(access, key, signal);
  const upload = { Bucket: place.bucket, Key: key, UploadId };
  const options = { abortSignal: signal };
  const listParts = await attempt(place, signal, () => client.send(new ListPartsCommand(upload), options));
  const abort = await attempt(place, signal, () =>
    client.send(new AbortMultipartUploadCommand(upload), options),
  );
  return { listParts, abort };
}

async function begin({ client, place, write }: S3Access, key: string, signal: AbortSignal): Promise<Begun> {
  const object = { Bucket: place.bucket, Key: key, ...objectParameters(write) };
  let UploadId: string | undefined;
  const create = await attempt(place, signal, async () => {
    ({ UploadId } = await client.send(new CreateMultipartUploadCommand(object), { abortSignal: signal }));
  });
  return { create, UploadId };
}
