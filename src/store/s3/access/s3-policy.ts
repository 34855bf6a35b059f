import type { S3WriteOptions } from "../../contract/s3-options.ts";
import type { Job } from "../../contract/store-access.ts";
import { keyPatterns, neededRights, type S3Right } from "./s3-rights.ts";

/** For what a policy is. */
export interface PolicyOptions {
  /** Bucket name or access point ARN. */
  bucket: string;
  /** The prefix of all keys, with its trailing slash; empty for the top of the bucket. */
  keyPrefix: string;
  region: string;
  write: S3WriteOptions;
  jobs: readonly Job[];
}

interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string[]>>;
}

/**
 * The IAM policy that gives what is needed in this place, and no more. What only one job needs is a statement of its
 * own, which says so in its name.
 */
export function s3Policy({ bucket, keyPrefix, region, write, jobs }: PolicyOptions): object {
  const partition = partitionOf(bucket, region);
  const arn = bucket.startsWith("arn:") ? bucket : `arn:${partition}:s3:::${bucket}`;
  const keys = keyPatterns(escaped(keyPrefix));
  const objects = keys.map((key) => (bucket.startsWith("arn:") ? `${arn}/object/${key}` : `${arn}/${key}`));
  const rights = neededRights(write, jobs);
  const statements: Statement[] = [];
  const add = (
    Sid: string,
    wanted: (right: S3Right) => boolean,
    place: Pick<Statement, "Resource" | "Condition">,
  ) => {
    const Action = rights.filter(wanted).map(({ action }) => action);
    if (Action.length > 0) statements.push({ Sid, Effect: "Allow", Action, ...place });
  };
  const only =
    (...wanted: Job[]) =>
    (right: S3Right) =>
      right.on === "objects" && right.jobs.join() === wanted.join();
  add("List", ({ on }) => on === "bucket", {
    Resource: [arn],
    Condition: { StringLike: { "s3:prefix": keys } },
  });
  add("ListUploads", ({ on }) => on === "uploads", { Resource: [arn] });
  add("Read", only("backup", "restore", "prune"), { Resource: objects });
  add("BackupOnly", only("backup"), { Resource: objects });
  add("PruneOnly", only("prune"), { Resource: objects });
  add("Key", ({ on }) => on === "key", keyPlace(partition, write.sseKmsKeyId));
  if (write.lock !== undefined) statements.push(...lockStatements({ bucket: arn, objects }, jobs));
  return { Version: "2012-10-17", Statement: statements };
}

/**
 * What the object lock needs beside all else. No probe tells of it: it would leave objects behind that nobody may remove.
 */
function lockStatements(
  { bucket, objects }: { bucket: string; objects: string[] },
  jobs: readonly Job[],
): Statement[] {
  const ofBackup = ["s3:PutObjectRetention"];
  const ofPrune = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"];
  const Action = [...(jobs.includes("backup") ? ofBackup : []), ...(jobs.includes("prune") ? ofPrune : [])];
  const looks: Statement = {
    ...{ Sid: "LookForLock", Effect: "Allow", Resource: [bucket] },
    Action: ["s3:GetBucketObjectLockConfiguration"],
  };
  return [
    ...(jobs.includes("backup") ? [looks] : []),
    ...(Action.length === 0 ? [] : [{ Sid: "Lock", Effect: "Allow", Action, Resource: objects } as const]),
  ];
}

/** The key where its ARN is known; else the keys of that id or alias, or whichever S3 uses for this bucket. */
function keyPlace(partition: string, key: string | undefined): Pick<Statement, "Resource" | "Condition"> {
  const viaS3 = { StringLike: { "kms:ViaService": ["s3.*.amazonaws.com"] } };
  if (key?.startsWith("arn:") === true && key.includes(":key/")) return { Resource: [key], Condition: viaS3 };
  const keys = `arn:${partition}:kms:*:*:key/`;
  const alias = /^(?:arn:.*:)?(alias\/.+)$/.exec(key ?? "")?.[1];
  if (alias !== undefined) {
    const named = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [alias] } };
    return { Resource: [`${keys}*`], Condition: { ...viaS3, ...named } };
  }
  return { Resource: [`${keys}${key ?? "*"}`], Condition: viaS3 };
}

function partitionOf(bucket: string, region: string): string {
  const ofArn = /^arn:([^:]+):/.exec(bucket)?.[1];
  if (ofArn !== undefined) return ofArn;
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * Characters of a prefix that mean more in a policy, as "?", which stands for any one. Only Amazon knows the exact way to
 * write them, `${*}`.
 */
function escaped(prefix: string): string {
  return prefix.replace(/[*?]|\$(?=\{)/g, "?");
}
