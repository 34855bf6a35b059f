import { OperatorError } from "../errors.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import { describeNoBackups } from "./no-backups.ts";

/**
 * Checks that the store holds a backup with this name.
 *
 * @throws {OperatorError} naming the nearest backups in time if there is no such backup.
 */
export async function findNamed(store: Store, name: string, signal: AbortSignal): Promise<void> {
  if (!(await store.has(name, signal))) throw await noSuchBackup(store, { name, verb: "open" }, signal);
}

/** The error of a command where the store does not hold a backup that is named, with the nearest in time. */
export async function noSuchBackup(
  store: Store,
  { name, verb }: { name: string; verb: string },
  signal: AbortSignal,
): Promise<OperatorError> {
  const near = await nearest(store, backupTime(name), signal);
  if (near.length === 0) {
    const { message } = await describeNoBackups(store, signal);
    return new OperatorError(`Cannot ${verb} ${name}: ${store.url} holds no such backup`, {
      advice: `${message}: check S3TARGET`,
    });
  }
  return new OperatorError(`Cannot ${verb} ${name}: ${store.url} holds no such backup`, {
    advice: `The nearest ${near.length === 1 ? "is" : "are"} ${near.join(" and ")}; kube-backup list shows all`,
  });
}

/** Returns the names of the backups immediately before and after a point in time. */
async function nearest(store: Store, time: Date | undefined, signal: AbortSignal): Promise<string[]> {
  if (time === undefined) return [];
  const before = await store.newest({ until: time }, signal);
  for await (const after of store.list({ from: time }, signal)) {
    return before === undefined ? [after.name] : [before.name, after.name];
  }
  return before === undefined ? [] : [before.name];
}
