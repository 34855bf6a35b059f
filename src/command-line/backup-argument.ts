import type { BackupChoice } from "../catalog/open-backup.ts";
import { UsageError } from "../errors.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import { parseMoment } from "../time/moment.ts";

/** The name that selects the newest valid backup. */
export const LATEST = "latest";

/**
 * Reads which backup to open: a name, `latest`, or a time given with `--at`.
 *
 * @throws {UsageError} when the argument is not a backup name, or when both a name and `--at` are given.
 */
export function readBackupChoice(
  { backup, at }: { backup?: string | undefined; at?: string | undefined },
  now: Date,
): BackupChoice {
  if (at !== undefined) {
    if (backup !== undefined) {
      throw new UsageError([`BACKUP "${backup}" and --at ${at} both say which backup: give one of them`]);
    }
    return { kind: "at", time: readMoment("--at", at, now) };
  }
  if (backup === undefined || backup === LATEST) return { kind: "latest" };
  if (backupTime(backup) !== undefined) return { kind: "named", name: backup };
  throw new UsageError([
    `BACKUP "${backup}" is no backup's name: write latest, or a name as kube-backup list shows it`,
  ]);
}

/**
 * Parses the time that a flag gives.
 *
 * @throws {UsageError} when the text is not a time.
 */
export function readMoment(flag: string, text: string, now: Date): Date {
  const parsed = parseMoment(text.trim(), now);
  if ("moment" in parsed) return parsed.moment;
  throw new UsageError([`${flag} "${text}" ${parsed.problem}`]);
}
