import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { S3WriteOptions } from "../contract/s3-options.ts";

/**
 * What is asked for an object, as parameters of every request that begins one: PutObject and CreateMultipartUpload.
 * The parts of an upload, and its completion, ask for nothing.
 */
export function objectParameters({
  sse,
  sseKmsKeyId,
  storageClass,
  tags,
}: S3WriteOptions): Partial<CreateMultipartUploadCommandInput> {
  return {
    ...(sse === undefined ? {} : { ServerSideEncryption: sse }),
    ...(sseKmsKeyId === undefined ? {} : { SSEKMSKeyId: sseKmsKeyId }),
    // Servers have storage classes that the SDK does not know.
    ...(storageClass === undefined
      ? {}
      : { StorageClass: storageClass as NonNullable<CreateMultipartUploadCommandInput["StorageClass"]> }),
    ...(tags === undefined ? {} : { Tagging: tagsParameter(tags) }),
  };
}

const DAY = 86_400_000;

/** The lock of an object whose upload begins now; nothing where none is asked for. */
export function lockParameters(
  { lock }: S3WriteOptions,
  now: Date,
): Pick<CreateMultipartUploadCommandInput, "ObjectLockMode" | "ObjectLockRetainUntilDate"> {
  if (lock === undefined) return {};
  return {
    ObjectLockMode: lock.mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
    ObjectLockRetainUntilDate: new Date(now.getTime() + lock.days * DAY),
  };
}

/** Tags as the query that the header x-amz-tagging holds. "+" for a space is not what every server reads. */
function tagsParameter(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join("="))
    .join("&");
}
