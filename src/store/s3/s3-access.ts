import type { S3Client } from "@aws-sdk/client-s3";
import type { StoreLog } from "../contract/store.ts";
import { type S3Place, s3Error } from "./s3-errors.ts";

/** What every request to the store's bucket needs. */
export interface S3Access {
  client: S3Client;
  place: S3Place;
  /** What keys start with, its slash included; empty for the bucket's top. */
  keyPrefix: string;
  /** The store as people name it. */
  url: string;
  log: StoreLog;
}

/** What the SDK's send() is given beside the command. */
export interface SendOptions {
  abortSignal: AbortSignal;
}

/**
 * Sends a request, and reads its answer where `send` does so.
 *
 * @param task what errors begin with: "Cannot list backups in s3://…".
 * @throws the signal's reason when it is aborted, else an OperatorError.
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
