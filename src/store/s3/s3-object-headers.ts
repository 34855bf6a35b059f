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

/** Tags as the query that the header x-amz-tagging holds. "+" for a space is not what every server reads. */
function tagsParameter(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join("="))
    .join("&");
}
