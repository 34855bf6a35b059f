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

/** Which settings say what of a store in S3. */
export interface S3Names {
  addressing: SettingName;
  ca: SettingName;
  sse: SettingName;
  sseKmsKeyId: SettingName;
  storageClass: SettingName;
  tags: SettingName;
}

const FIRST: S3Names = {
  ...{ addressing: "s3Addressing", ca: "caBundle", sse: "s3Sse", sseKmsKeyId: "s3SseKmsKeyId" },
  ...{ storageClass: "s3StorageClass", tags: "s3ObjectTags" },
};

/** Reads the settings of S3, by default those of the store of S3TARGET; undefined if none is set. */
export function readS3(read: ReadSetting, names: S3Names = FIRST): S3Settings | undefined {
  const settings = {
    addressing: read(names.addressing, (text) => oneOf(ADDRESSING, text)),
    ca: read(names.ca, parseCertificates),
    sse: read(names.sse, (text) => oneOf(ENCRYPTION, text)),
    sseKmsKeyId: read(names.sseKmsKeyId, parseKeyId),
    storageClass: read(names.storageClass, parseStorageClass),
    tags: read(names.tags, parseObjectTags),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** A store in S3 as its settings have it. */
interface S3Place {
  s3: S3Settings | undefined;
  endpoint: URL | undefined;
  target: Target | undefined;
}

/**
 * Returns the problems of settings that do not go together. Each alone is valid.
 *
 * @param variables what stands before the names of the variables, and the variable of the target.
 */
export function s3Problems(
  { s3, endpoint, target }: S3Place,
  { prefix, place }: { prefix: string; place: string } = { prefix: "", place: "S3TARGET" },
): string[] {
  const problems: string[] = [];
  const { sse, sseKmsKeyId, addressing } = s3 ?? {};
  const of = (name: string) => prefix + name;
  if (sseKmsKeyId !== undefined && sse?.startsWith("aws:kms") !== true) {
    const state = sse === undefined ? "is missing" : `is ${sse}`;
    problems.push(
      `${of("S3_SSE_KMS_KEY_ID")} is set, and ${of("S3_SSE")} ${state}: set ${of("S3_SSE")} to aws:kms or aws:kms:dsse`,
    );
  }
  const addressed = of("S3_ADDRESSING");
  const bucket = target?.kind === "s3" ? target.bucket : undefined;
  if (addressing === "path" && bucket?.startsWith("arn:") === true) {
    problems.push(
      `${addressed} is path, and ${place} is an access point, which has a host of its own: leave ${addressed} out`,
    );
  }
  if (addressing !== "virtual") return problems;
  if (endpoint !== undefined && isIP(endpoint.hostname.replace(/^\[|\]$/g, "")) > 0) {
    problems.push(
      `${addressed} is virtual, and the host of ${of("ENDPOINT_URI")} is an address: name the host, or set ${addressed} to path`,
    );
  }
  if (bucket !== undefined && !bucket.startsWith("arn:") && !isHostLabel(bucket, endpoint)) {
    problems.push(
      `${addressed} is virtual, and ${bucket} cannot be part of a host's name: set ${addressed} to path`,
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
