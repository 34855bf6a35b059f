import type { S3Client } from "@aws-sdk/client-s3";

/** The requests that make a backup appear or go. Parts of an upload are nothing yet, and its end removes them. */
const WRITES: ReadonlySet<string> = new Set([
  "PutObjectCommand",
  "CompleteMultipartUploadCommand",
  "DeleteObjectCommand",
  "DeleteObjectsCommand",
]);

/** Calls `beforeWrite` before each attempt of such a request, also of one that the SDK tries again. */
export function guardWrites({ middlewareStack }: S3Client, beforeWrite: () => Promise<void>): void {
  middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (WRITES.has(commandName)) await beforeWrite();
        return await next(args);
      },
    // The lowest priority is after the retries and before the signature, which is computed of the time.
    { step: "finalizeRequest", priority: "low", name: "guardWrites" },
  );
}
