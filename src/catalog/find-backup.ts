import { OperatorError } from "../errors.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";

/**
 * Makes sure that there is a backup of this name.
 *
 * @throws {OperatorError} with the nearest ones in time when there is not.
 */
export async function findNamed(store: Store, name: string, signal: AbortSignal): Promise<void> {
  if (await store.has(name, signal)) return;
  const near = await nearest(store, backupTime(name), signal);
  throw new OperatorError(`Cannot open ${name}: ${store.url} holds no such backup`, {
    advice:
      near.length === 0
        ? "It holds no backups at all: check S3TARGET"
        : `The nearest ${near.length === 1 ? "is" : "are"} ${near.join(" and ")}; kube-backup list shows all`,
  });
}

/** The backups right before and right after a moment. */
async function nearest(store: Store, time: Date | undefined, signal: AbortSignal): Promise<string[]> {
  if (time === undefined) return [];
  const before = await store.newest({ until: time }, signal);
  for await (const after of store.list({ from: time }, signal)) {
    return before === undefined ? [after.name] : [before.name, after.name];
  }
  return before === undefined ? [] : [before.name];
}
