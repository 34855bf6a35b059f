import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { ObjectToRestore } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";

/** An object after it was written, or found equal. */
export interface FinishedObject {
  /** The object as the API server answered last, as JSON. */
  text: string;
  /** The field managers to record, those of the status aside; undefined where the record is right already. */
  managers: readonly FieldManager[] | undefined;
}

/**
 * Writes what the API server does not take with an object itself: the status, where that is asked for, and
 * then the record of field managers. A dry run writes neither.
 *
 * @returns whether the status was written.
 */
export async function finishObject(
  { context, resource }: ResourceTarget,
  { key, status }: Pick<ObjectToRestore, "key" | "status">,
  { text, managers }: FinishedObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { writer, statuses, fieldManagers } = context;
  if (!writer.stores) return false;
  const done =
    status === undefined || statuses === undefined
      ? { written: false, text, managers: undefined }
      : await statuses.write({ resource, key, status, text }, signal);
  if (managers !== undefined || done.managers !== undefined) {
    const fields = { resource, key, managers, statusManagers: done.managers, text: done.text };
    await fieldManagers.restore(fields, signal);
  }
  return done.written;
}
