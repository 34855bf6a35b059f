/** The settings of S3 beyond the place and the key: how servers are reached, and what buckets demand of objects. */

import { isIP } from "node:net";
import type { S3Addressing, S3WriteOptions } from "../store/contract/s3-options.ts";
import type { Target } from "../store/contract/target.ts";
import { parseCertificates } from "./files.ts";
import type { SettingName } from "./names.ts";
import {
  ADDRESSING,
  ENCRYPTION,
  oneOf,
  parseKeyId,
  parseObjectTags,
  parseStorageClass,
} from "./s3-values.ts";
import type { Parsed } from "./values.ts";

/** The settings of S3. Those that are not set are missing. */
export interface S3Settings extends S3WriteOptions {
  addressing?: S3Addressing;
  /** The certificates of AWS_CA_BUNDLE, as PEM. */
  ca?: string;
}

/** Reads one setting; undefined if the setting is missing or invalid. */
type ReadSetting = <Value>(name: SettingName, parse: (text: string) => Parsed<Value>) => Value | undefined;

/** Reads the settings of S3; undefined if none is set. */
export function readS3(read: ReadSetting): S3Settings | undefined {
  const settings = {
    addressing: read("s3Addressing", (text) => oneOf(ADDRESSING, text)),
    ca: read("caBundle", parseCertificates),
    sse: read("s3Sse", (text) => oneOf(ENCRYPTION, text)),
    sseKmsKeyId: read("s3SseKmsKeyId", parseKeyId),
    storageClass: read("s3StorageClass", parseStorageClass),
    tags: read("s3ObjectTags", parseObjectTags),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Returns the problems of settings that do not go together. Each alone is valid. */
export function s3Problems({
  s3,
  endpoint,
  s3target,
}: {
  s3: S3Settings | undefined;
  endpoint: URL | undefined;
  s3target: Target | undefined;
}): string[] {
  const problems: string[] = [];
  const { sse, sseKmsKeyId, addressing } = s3 ?? {};
  if (sseKmsKeyId !== undefined && sse?.startsWith("aws:kms") !== true) {
    const state = sse === undefined ? "is missing" : `is ${sse}`;
    problems.push(`S3_SSE_KMS_KEY_ID is set, and S3_SSE ${state}: set S3_SSE to aws:kms or aws:kms:dsse`);
  }
  const bucket = s3target?.kind === "s3" ? s3target.bucket : undefined;
  if (addressing === "path" && bucket?.startsWith("arn:") === true) {
    problems.push(
      "S3_ADDRESSING is path, and S3TARGET is an access point, which has a host of its own: leave S3_ADDRESSING out",
    );
  }
  if (addressing !== "virtual") return problems;
  if (endpoint !== undefined && isIP(endpoint.hostname.replace(/^\[|\]$/g, "")) > 0) {
    problems.push(
      "S3_ADDRESSING is virtual, and the host of ENDPOINT_URI is an address: name the host, or set S3_ADDRESSING to path",
    );
  }
  if (bucket !== undefined && !bucket.startsWith("arn:") && !isHostLabel(bucket, endpoint)) {
    problems.push(
      `S3_ADDRESSING is virtual, and ${bucket} cannot be part of a host's name: set S3_ADDRESSING to path`,
    );
  }
  return problems;
}

/** As the SDK sees it. With dots, the server's certificate for *.HOST would not be one for the bucket. */
function isHostLabel(bucket: string, endpoint: URL | undefined): boolean {
  const label = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
  if (endpoint?.protocol !== "http:") return label.test(bucket);
  return (
    bucket.length <= 63 && bucket.split(".").every((part) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(part))
  );
}
