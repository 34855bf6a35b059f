import { OperatorError } from "../../../errors.ts";
import type { CheckedRight, Job, StoreAccess } from "../../contract/store-access.ts";
import type { S3Access } from "../s3-access.ts";
import { type Probes, probeS3 } from "./probe-s3.ts";
import { type Attempt, untried } from "./s3-attempts.ts";
import { s3Policy } from "./s3-policy.ts";
import { keyPatterns, neededRights, type S3Right } from "./s3-rights.ts";

/** Tries every request that the program sends to S3, and tells which rights are there. */
export async function checkS3Access(
  access: S3Access,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<StoreAccess> {
  const { bucket } = access.place;
  const { keyPrefix, write } = access;
  const region = await access.client.config.region();
  const policy = s3Policy({ bucket, keyPrefix, region, write, jobs });
  const needed = neededRights(write, jobs);
  const whereOf = ({ on }: S3Right) =>
    on === "bucket" || on === "uploads"
      ? bucket
      : on === "key"
        ? (write.sseKmsKeyId ?? "the bucket's key")
        : `${bucket}/${keyPrefix}{${keyPatterns("").join(",")}}`;
  const checked = (right: S3Right, { allowed, why }: Pick<Attempt, "allowed" | "why">): CheckedRight => ({
    right: right.action,
    where: whereOf(right),
    jobs: right.jobs,
    allowed,
    why,
  });
  try {
    const probes = await probeS3(access, jobs, signal);
    return {
      url: access.url,
      rights: needed.map((right) => checked(right, verdictOf(right.action, jobs, probes))),
      leftBehind: probes.leftBehind.map((key) => `s3://${bucket}/${key}`),
      policy,
    };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return {
      url: access.url,
      rights: needed.map((right) => checked(right, { allowed: undefined, why: "not asked" })),
      leftBehind: [],
      failure: error,
      policy,
    };
  }
}

/** What the attempts say of a right. One request may need several rights, and says at most which of them is missing. */
function verdictOf(action: S3Right["action"], jobs: readonly Job[], probes: Probes): Attempt {
  const { list, listUploads, get, put, putWithoutTags, parts, listParts, abort, remove } = probes;
  const writes: Record<string, Attempt> = { PutObject: put, ...parts };
  switch (action) {
    case "s3:ListBucket":
      return list;
    case "s3:ListBucketMultipartUploads":
      return listUploads;
    case "s3:ListMultipartUploadParts":
      return listParts;
    case "s3:AbortMultipartUpload":
      return abort;
    case "s3:DeleteObject":
      return remove;
    case "s3:GetObject":
      return ofRequests(action, { GetObject: get });
    case "s3:PutObject":
      // Where only the tags are refused, the right to write is there.
      return putWithoutTags?.allowed === true ? putWithoutTags : ofRequests(action, writes);
    case "s3:PutObjectTagging":
      if (putWithoutTags?.allowed === true) return put;
      return ofOther(action, writes, "no object could be written");
    case "kms:GenerateDataKey":
      return ofOther(action, writes, "no object could be written");
    case "kms:Decrypt":
      return ofOther(
        action,
        { GetObject: get, ...(jobs.includes("backup") ? writes : {}) },
        "no object could be read",
      );
  }
}

/** The right that requests are named after. A refusal is its own, unless the server names another right. */
function ofRequests(action: string, requests: Record<string, Attempt>): Attempt {
  for (const [request, tried] of Object.entries(requests)) {
    if (tried.allowed === true) continue;
    const why = action.endsWith(`:${request}`) ? tried.why : `${request}: ${tried.why}`;
    const other = tried.named !== undefined && tried.named !== action;
    return other ? untried(`${request} is refused for the lack of ${tried.named}`) : { ...tried, why };
  }
  return { allowed: true, why: "" };
}

/** A right that requests need beside the one that they are named after. */
function ofOther(action: string, requests: Record<string, Attempt>, otherwise: string): Attempt {
  const all = Object.entries(requests);
  const named = all.find(([, { named }]) => named === action);
  if (named !== undefined) return { ...named[1], why: `${named[0]}: ${named[1].why}` };
  return all.every(([, { allowed }]) => allowed === true) ? { allowed: true, why: "" } : untried(otherwise);
}
