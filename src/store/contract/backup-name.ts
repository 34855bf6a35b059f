import { OperatorError } from "../../errors.ts";

/**
 * Names of backups: `backup_YYYYMMDDTHHMMSSZ`, UTC, so that the order of the names is the order of
 * the times.
 */

const PATTERN = /^backup_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** What all names start with. */
export const BACKUP_NAME_PREFIX = "backup_";

/** What follows the name in a store. */
export const BACKUP_FILE_SUFFIX = ".zip";

/** The name of a backup taken at `time`; fractions of a second are dropped. */
export function backupName(time: Date): string {
  const stamp = time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  return `${BACKUP_NAME_PREFIX}${stamp}`;
}

/** The moment that a name says, or undefined where it is no backup's name (30 February is none). */
export function backupTime(name: string): Date | undefined {
  const match = PATTERN.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date rolls 30 February over into March: only what comes out as it went in is a date.
  return !Number.isNaN(time.getTime()) && backupName(time) === name ? time : undefined;
}

/** The backup's name that a file name holds, or undefined where it is no backup's. */
export function backupNameOfFile(file: string): string | undefined {
  if (!file.endsWith(BACKUP_FILE_SUFFIX)) return undefined;
  const name = file.slice(0, -BACKUP_FILE_SUFFIX.length);
  return backupTime(name) === undefined ? undefined : name;
}

/**
 * The file name that a backup has in a store.
 *
 * @throws {OperatorError} where `name` is no backup's: nothing else may become part of a path or key.
 */
export function fileOfBackup(name: string): string {
  if (backupTime(name) === undefined) {
    throw new OperatorError(`Cannot use ${JSON.stringify(name)} as a backup: it is no backup's name`, {
      advice: "Names of backups read backup_YYYYMMDDTHHMMSSZ, for example backup_20260131T235959Z",
    });
  }
  return `${name}${BACKUP_FILE_SUFFIX}`;
}
