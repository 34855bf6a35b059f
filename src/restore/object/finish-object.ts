import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { ObjectToRestore, RestoreTarget } from "./target.ts";

/** An object after it was written, or found equal. */
export interface FinishedObject {
  /** As the API server answered last, as JSON. */
  text: string;
  /** Whom its fields are to be handed back to, those of its status aside; undefined where they need not be. */
  managers: readonly FieldManager[] | undefined;
}

/**
 * Writes what the API server does not take with an object itself: its status, where that is asked for, and
 * then the record of whom the fields belong to. In a dry run nothing.
 *
 * @returns whether the status was written.
 */
export async function finishObject(
  { resource, statuses, handBack, dryRun }: RestoreTarget,
  { key, status }: Pick<ObjectToRestore, "key" | "status">,
  { text, managers }: FinishedObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (dryRun !== undefined) return false;
  const done =
    status === undefined || statuses === undefined
      ? { written: false, text, managers: undefined }
      : await statuses.write({ resource, key, status, text }, signal);
  if (managers !== undefined || done.managers !== undefined) {
    const fields = { resource, key, managers, statusManagers: done.managers, text: done.text };
    await handBack.handBack(fields, signal);
  }
  return done.written;
}
