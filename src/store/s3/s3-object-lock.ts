import { GetObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { LockedError } from "../contract/locked-error.ts";
import { request, type S3Access } from "./s3-access.ts";
import { factsOf, isDenied } from "./s3-error-facts.ts";
import type { ObjectFacts } from "./s3-reading.ts";

/**
 * Finds out whether the bucket has the object lock, where one is asked for. Who may not know is told by the first upload.
 *
 * @throws {OperatorError} where it has not.
 */
export async function checkObjectLock(access: S3Access, signal: AbortSignal): Promise<void> {
  if (access.write.lock === undefined) return;
  const task = `Cannot lock backups in ${access.url}`;
  const command = new GetObjectLockConfigurationCommand({ Bucket: access.place.bucket });
  const state = await request(access, task, signal, async (options) => {
    try {
      const { ObjectLockConfiguration } = await access.client.send(command, options);
      return ObjectLockConfiguration?.ObjectLockEnabled;
    } catch (error) {
      if (isWithoutLock(error)) return undefined;
      if (!isDenied(error)) throw error;
      access.log.debug({ err: error }, "Whether the bucket has the object lock is not known");
      return "Enabled";
    }
  });
  if (state === "Enabled") return;
  throw new OperatorError(`${task}: the bucket ${access.place.bucket} has no object lock`, {
    advice: "Turn it on for the bucket, which needs versioning, or leave OBJECT_LOCK out",
  });
}

/** @throws {LockedError} where an object may not be removed yet. */
export function rejectLocked({ lock }: Pick<ObjectFacts, "lock">, task: string, now: Date): void {
  if (lock?.legalHold === true) throw new LockedError(task, undefined);
  if (lock?.until !== undefined && lock.until > now) throw new LockedError(task, lock.until);
}

/** Whether a server says that a bucket has no object lock, or knows none. */
function isWithoutLock(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === "ObjectLockConfigurationNotFoundError" || name === "NotImplemented" || status === 501;
}
