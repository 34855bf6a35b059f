import { BACKUP_NAME_PREFIX } from "../../contract/backup-name.ts";
import type { S3WriteOptions } from "../../contract/s3-options.ts";
import { LOG_FOLDER } from "../../contract/segments.ts";
import { SIDE_FOLDERS } from "../../contract/side-objects.ts";
import type { Job } from "../../contract/store-access.ts";

/** A right that IAM grants. */
export interface S3Right {
  action:
    | "s3:ListBucket"
    | "s3:ListBucketMultipartUploads"
    | "s3:GetObject"
    | "s3:PutObject"
    | "s3:PutObjectTagging"
    | "s3:AbortMultipartUpload"
    | "s3:ListMultipartUploadParts"
    | "s3:DeleteObject"
    | "kms:GenerateDataKey"
    | "kms:Decrypt";
  /** `uploads` is the bucket too: listings of uploads know no condition on the prefix. */
  on: "bucket" | "uploads" | "objects" | "key";
  jobs: readonly Job[];
}

/** The keys of a store, as policies write them: those of the backups, and those of what lies beside them. */
export function keyPatterns(keyPrefix: string): string[] {
  const folders = [...SIDE_FOLDERS, LOG_FOLDER].map((folder) => `${folder}/`);
  return [BACKUP_NAME_PREFIX, ...folders].map((begin) => `${keyPrefix}${begin}*`);
}

/**
 * The rights that the program needs on S3 for some jobs. Every request of `src/store/s3` is covered: ListObjectsV2,
 * GetObject, PutObject, the four of an upload in parts, the two that find those that were left behind, and DeleteObject.
 */
export function neededRights(write: S3WriteOptions, jobs: readonly Job[]): S3Right[] {
  const all: S3Right[] = [
    { action: "s3:ListBucket", on: "bucket", jobs: ["backup", "restore", "prune"] },
    // A backup is looked at after it was stored, and pruning looks for the newest that is valid.
    { action: "s3:GetObject", on: "objects", jobs: ["backup", "restore", "prune"] },
    // Of each request of an upload in parts but the one that gives it up.
    { action: "s3:PutObject", on: "objects", jobs: ["backup"] },
    { action: "s3:AbortMultipartUpload", on: "objects", jobs: ["backup"] },
    // What killed processes have left behind is found by these; without them it stays.
    { action: "s3:ListMultipartUploadParts", on: "objects", jobs: ["backup"] },
    { action: "s3:ListBucketMultipartUploads", on: "uploads", jobs: ["backup"] },
    { action: "s3:DeleteObject", on: "objects", jobs: ["prune"] },
  ];
  if (write.tags !== undefined) all.push({ action: "s3:PutObjectTagging", on: "objects", jobs: ["backup"] });
  if (write.sse?.startsWith("aws:kms") === true) {
    all.push({ action: "kms:GenerateDataKey", on: "key", jobs: ["backup"] });
    all.push({ action: "kms:Decrypt", on: "key", jobs: ["backup", "restore", "prune"] });
  }
  return all.filter((right) => right.jobs.some((job) => jobs.includes(job)));
}
