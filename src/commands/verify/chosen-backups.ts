import { noBackupsError } from "../../catalog/no-backups.ts";
import type { BackupChoice } from "../../catalog/open-backup.ts";
import { OperatorError } from "../../errors.ts";
import { backupTime } from "../../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";

/** A backup to verify. The size is unknown when the store has no backup of that name. */
export type ChosenBackup = Pick<StoredBackup, "name"> & Partial<Pick<StoredBackup, "size">>;

/**
 * The backups to verify. Here the latest backup is the newest backup even if it is damaged, since verify must report
 * the damage.
 *
 * @throws {OperatorError} when the store has no backup.
 */
export async function* chosenBackups(
  store: Store,
  choice: BackupChoice | "all",
  signal: AbortSignal,
): AsyncGenerator<ChosenBackup> {
  if (choice === "all") {
    yield* store.list({}, signal);
    return;
  }
  if (choice.kind === "named") {
    const found = await store.newest({ until: backupTime(choice.name) }, signal);
    yield found?.name === choice.name ? found : { name: choice.name };
    return;
  }
  const until = choice.kind === "at" ? choice.time : undefined;
  const newest = await store.newest({ until }, signal);
  if (newest === undefined) {
    if (until === undefined || (await store.newest({}, signal)) === undefined)
      throw await noBackupsError(store, signal);
    throw new OperatorError(
      `Cannot verify: ${store.url} holds no backups of ${until.toISOString()} or earlier`,
    );
  }
  yield newest;
}
