import { resolve } from "node:path";
import process from "node:process";
import { OperatorError } from "../errors.ts";
import type { S3Addressing, S3WriteOptions } from "./contract/s3-options.ts";
import type { Store, StoreLog } from "./contract/store.ts";
import type { Target } from "./contract/target.ts";
import { FileStore } from "./folder/file-store.ts";
import type { S3Timeouts, StoreCredentials } from "./s3/s3-client.ts";

/** Options of {@link openStore}. */
export interface OpenStoreOptions {
  target: Target;
  /** Endpoint of an S3 server other than Amazon's. */
  endpoint?: URL | undefined;
  /** By default the SDK's credential chain: profiles, web identity, roles of the machine. */
  credentials?: StoreCredentials | undefined;
  /** The profile of AWS' own files; that of AWS_PROFILE by default. */
  profile?: string | undefined;
  /** By default AWS_REGION, AWS_DEFAULT_REGION, the profile's region or us-east-1, in this order. */
  region?: string | undefined;
  /** How requests of S3 name the bucket; "auto" by default. */
  addressing?: S3Addressing | undefined;
  /** The authorities of S3 servers' certificates, as PEM; the usual ones by default. */
  ca?: string | undefined;
  /** What to ask for each object in S3. */
  write?: S3WriteOptions | undefined;
  /** Whether the backups are seen that were removed, in place of those that are there: in a bucket with versions. */
  deleted?: boolean | undefined;
  /** Told how long each answer of S3 took until its head, in seconds, and its status, undefined where there was none. */
  onAnswer?: ((seconds: number, status: number | undefined) => void) | undefined;
  /** Called before a backup appears or is removed; it throws where that may not be. */
  beforeWrite?: (() => Promise<void>) | undefined;
  log: StoreLog;
  /** The clock at which the search for the newest backup starts; the machine's clock by default. */
  now?: (() => Date) | undefined;
  /** Timeouts of S3 requests; tests shorten the timeouts. */
  timeouts?: Partial<S3Timeouts> | undefined;
}

/**
 * Creates the store for a target without any I/O. The first method call finds out whether the target
 * exists.
 *
 * The S3 SDK is imported lazily and only for S3, because the SDK would dominate start-up time.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { target, log, now, beforeWrite, deleted = false } = options;
  if (target.kind === "file" && deleted) {
    throw new OperatorError(
      `Cannot show what was removed from ${target.folder}: a folder keeps nothing of it`,
      {
        advice: "Only a bucket with versions does",
      },
    );
  }
  if (target.kind === "file")
    return new FileStore({ folder: folderPath(target.folder), log, now, beforeWrite });
  if (deleted) {
    const { openDeletedStore } = await import("./s3/s3-deleted-store.ts");
    return await openDeletedStore({ ...options, target });
  }
  const { openS3Store } = await import("./s3/s3-store.ts");
  return await openS3Store({ ...options, target });
}

/** Returns the absolute path. On Windows the path of `file:///C:/x` is `/C:/x`, which means drive C. */
export function folderPath(folder: string): string {
  return resolve(process.platform === "win32" ? folder.replace(/^\/(?=[A-Za-z]:)/, "") : folder);
}
