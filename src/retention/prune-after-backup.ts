import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { planPruningOf } from "./plan.ts";
import { removeBackups } from "./remove-backups.ts";
import type { KeepRules } from "./rules.ts";

/** Options of {@link pruneAfterBackup}. */
export interface PruneAfterBackupOptions {
  store: Store;
  rules: KeepRules;
  now: () => Date;
  log: Log;
}

/**
 * Removes the backups that no rule keeps, and logs the result. Nobody can confirm: if there is a reason
 * not to prune, the function logs a warning and removes no backup.
 *
 * @throws {OperatorError} when the store cannot be read.
 */
export async function pruneAfterBackup(
  { store, rules, now, log }: PruneAfterBackupOptions,
  signal: AbortSignal,
): Promise<void> {
  const { decisions, obstacle } = await planPruningOf(store, { rules, now: now() }, signal);
  const names = decisions.filter(({ keep }) => !keep).map(({ backup }) => backup.name);
  const kept = decisions.length - names.length;
  if (obstacle !== undefined) {
    const { reason, advice } = obstacle;
    log.warn({ notRemoved: names.length, advice }, `NOTHING IS REMOVED: ${reason}`);
    return;
  }
  const ended = await removeBackups({ store, names }, signal);
  const removed = [...ended].filter(([, error]) => error === undefined).map(([name]) => name);
  if (removed.length > 0) log.info({ removed: removed.length, kept, backups: removed }, "Backups removed");
  for (const [name, error] of ended) {
    if (error !== undefined) log.error({ backup: name, err: error }, "Backup not removed");
  }
  signal.throwIfAborted();
}
