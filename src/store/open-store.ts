import { resolve } from "node:path";
import process from "node:process";
import type { Store, StoreLog } from "./contract/store.ts";
import type { Target } from "./contract/target.ts";
import { FileStore } from "./folder/file-store.ts";
import type { S3Timeouts, StoreCredentials } from "./s3/s3-client.ts";

/** Options of {@link openStore}. */
export interface OpenStoreOptions {
  target: Target;
  /** Another S3 server than Amazon's; it is asked in path style. */
  endpoint?: URL | undefined;
  /** Without them the SDK's credential chain is asked: profiles, web identity, roles of the machine. */
  credentials?: StoreCredentials | undefined;
  /** Without it AWS_REGION, AWS_DEFAULT_REGION, the profile's region, us-east-1. */
  region?: string | undefined;
  log: StoreLog;
  /** The clock, from which the search for the newest backup starts; the machine's by default. */
  now?: (() => Date) | undefined;
  /** How long S3 may take; tests shorten it. */
  timeouts?: Partial<S3Timeouts> | undefined;
}

/**
 * Makes the store that a target names. Nothing is asked of the place yet: the first method called
 * finds out whether it is there.
 *
 * The S3 SDK is loaded here and only for S3, since it is most of what start-up would cost.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { target } = options;
  if (target.kind === "file") return new FileStore({ folder: folderPath(target.folder) });
  const { openS3Store } = await import("./s3/s3-store.ts");
  return await openS3Store({ ...options, target, now: options.now ?? (() => new Date()) });
}

/** The absolute path; on Windows `file:///C:/x` says `/C:/x`, which is the drive C. */
function folderPath(folder: string): string {
  return resolve(process.platform === "win32" ? folder.replace(/^\/(?=[A-Za-z]:)/, "") : folder);
}
