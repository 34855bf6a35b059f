import { UsageError } from "../errors.ts";
import { backupTime } from "../store/backup-name.ts";

/** The name that stands for the newest backup. */
export const LATEST = "latest";

/**
 * Checks an argument that names a backup.
 *
 * @throws {UsageError} when it is neither a backup's name nor `latest`.
 */
export function checkBackupArgument(name: string): void {
  if (name === LATEST || backupTime(name) !== undefined) return;
  throw new UsageError([
    `BACKUP "${name}" is no backup's name: write latest, or a name as kube-backup list shows it`,
  ]);
}
