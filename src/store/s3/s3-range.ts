import { GetObjectCommand } from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import type { ByteRange } from "../contract/segments.ts";
import { request, type S3Access } from "./s3-access.ts";
import { isDenied, isMissing, isRangeOfNothing } from "./s3-error-facts.ts";
import { BODY_RETRIES, BrokenBodyError, isUnlisted } from "./s3-reading.ts";

/** Which bytes of which object. */
export interface RangeRequest {
  key: string;
  /** The beginning of errors. */
  task: string;
  range: ByteRange;
}

/**
 * Reads a range of an object whose key has never been another object's: nothing is asked of it beforehand. Undefined where
 * there is no object, and `cut` where it has no such range.
 */
export async function readRange(
  access: S3Access,
  { key, task, range: { start, end } }: RangeRequest,
  signal: AbortSignal,
): Promise<Uint8Array | "cut" | undefined> {
  const { bucket } = access.place;
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}` });
  const fetch = async () => {
    const answer = await access.client
      .send(command, { abortSignal: signal })
      .catch(async (error: unknown) => {
        if (isMissing(error) || (isDenied(error) && (await isUnlisted(access, key, signal))))
          return undefined;
        if (isRangeOfNothing(error)) return "cut" as const;
        throw error;
      });
    if (answer === undefined || answer === "cut") return answer;
    if (answer.ContentRange?.startsWith(`bytes ${start}-${end - 1}/`) !== true) {
      await answer.Body?.transformToWebStream().cancel();
      return "cut";
    }
    const bytes = await answer.Body?.transformToByteArray().catch((error: unknown) => {
      throw new BrokenBodyError(error);
    });
    if (bytes?.length !== end - start) throw new BrokenBodyError(undefined);
    return bytes;
  };
  return await request(access, task, signal, () =>
    pRetry(fetch, {
      ...{ retries: BODY_RETRIES, minTimeout: 200, signal },
      shouldRetry: ({ error }) => error instanceof BrokenBodyError,
    }),
  );
}
