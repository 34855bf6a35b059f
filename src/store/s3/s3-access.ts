import type { S3Client } from "@aws-sdk/client-s3";
import type { S3WriteOptions } from "../contract/s3-options.ts";
import type { StoreLog } from "../contract/store.ts";
import type { S3Target } from "../contract/target.ts";
import { ServerClock } from "./answers/server-clock.ts";
import { createS3Client, type S3ClientOptions } from "./s3-client.ts";
import { type S3Place, s3Error } from "./s3-errors.ts";

/** What every request to the bucket of a store needs. */
export interface S3Access {
  client: S3Client;
  place: S3Place;
  /** The prefix of all keys, with its trailing slash; empty for the top of the bucket. */
  keyPrefix: string;
  /** What to ask for each object. */
  write: S3WriteOptions;
  /** The URL of the store, for people. */
  url: string;
  log: StoreLog;
  /** This machine's clock. */
  now: () => Date;
  /** The server's clock, as its answers tell it. */
  clock: ServerClock;
}

/** Options of {@link openS3Access}. */
export interface OpenS3AccessOptions extends Omit<S3ClientOptions, "bucket" | "clock"> {
  target: S3Target;
  write?: S3WriteOptions | undefined;
  log: StoreLog;
  /** This machine's clock; the process's by default. */
  now?: (() => Date) | undefined;
}

/** Opens the way to a bucket. Sends no request yet. */
export async function openS3Access(options: OpenS3AccessOptions): Promise<S3Access> {
  const { target, endpoint, addressing, write = {}, log, now = () => new Date() } = options;
  const { bucket, prefix } = target;
  const clock = new ServerClock(now);
  return {
    client: await createS3Client({ ...options, bucket, clock }),
    place: { bucket, endpoint: endpoint?.origin, addressing },
    write,
    keyPrefix: prefix === "" ? "" : `${prefix}/`,
    url: placeUrl({ place: { bucket } }, prefix),
    log,
    now,
    clock,
  };
}

/** The URL of a key prefix, with or without its trailing slash, for people. */
export function placeUrl({ place: { bucket } }: { place: Pick<S3Place, "bucket"> }, prefix: string): string {
  const path = prefix.replace(/\/$/, "");
  return path === "" ? `s3://${bucket}` : `s3://${bucket}/${path}`;
}

/** The options that the SDK's send() takes beside the command. */
export interface SendOptions {
  abortSignal: AbortSignal;
}

/**
 * Sends a request, and reads the answer where `send` does so.
 *
 * @param task the beginning of errors: "Cannot list backups in s3://…".
 * @throws the signal's reason where the signal aborts, otherwise an OperatorError.
 */
export async function request<T>(
  access: S3Access,
  task: string,
  signal: AbortSignal,
  send: (options: SendOptions) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  try {
    return await send({ abortSignal: signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : s3Error(task, error, access.place);
  }
}
