import { OperatorError } from "../../errors.ts";

/**
 * Backup names: `backup_YYYYMMDDTHHMMSSZ`, in UTC, so that names sort in chronological order.
 */

const PATTERN = /^backup_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** The prefix of all names. */
export const BACKUP_NAME_PREFIX = "backup_";

/** How a backup lies in a store: as a zip, or as an age file around one. Its name is the same. */
export type BackupForm = "zip" | "zip.age";

/** All forms. */
export const BACKUP_FORMS: readonly BackupForm[] = ["zip", "zip.age"];

/** Returns the name of a backup taken at `time`. Fractions of a second are truncated. */
export function backupName(time: Date): string {
  const stamp = time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  return `${BACKUP_NAME_PREFIX}${stamp}`;
}

/** Returns the time in a backup name, or undefined if the name is invalid (such as 30 February). */
export function backupTime(name: string): Date | undefined {
  const match = PATTERN.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date rolls 30 February over into March: a valid date survives the round trip.
  return !Number.isNaN(time.getTime()) && backupName(time) === name ? time : undefined;
}

/** Returns the backup name in a file name, or undefined if the file is not a backup. */
export function backupNameOfFile(file: string): string | undefined {
  return backupOfFile(file)?.name;
}

/** Returns name and form of the backup in a file name, or undefined if the file is not a backup. */
export function backupOfFile(file: string): { name: string; form: BackupForm } | undefined {
  const form = BACKUP_FORMS.find((each) => file.endsWith(`Z.${each}`));
  const name = form === undefined ? "" : file.slice(0, -form.length - 1);
  return form === undefined || backupTime(name) === undefined ? undefined : { name, form };
}

/**
 * Returns the file name of a backup in a store.
 *
 * @throws {OperatorError} if `name` is not a backup name: no other text may become part of a path or key.
 */
export function fileOfBackup(name: string, form: BackupForm = "zip"): string {
  if (backupTime(name) === undefined) {
    throw new OperatorError(`Cannot use ${JSON.stringify(name)} as a backup: it is no backup's name`, {
      advice: "Names of backups read backup_YYYYMMDDTHHMMSSZ, for example backup_20260131T235959Z",
    });
  }
  return `${name}.${form}`;
}
