import type { BackupChoice } from "../catalog/open-backup.ts";
import { UsageError } from "../errors.ts";
import type { Target } from "../store/contract/target.ts";
import { parseMoment, type Reading } from "../time/moment.ts";
import { LATEST, readBackupWord } from "./backup-word.ts";

/** Which backup is meant, and where it is. */
export type PlacedChoice = BackupChoice & {
  /** The store that its URL or path names; that of the settings where it names none. */
  place?: Target;
  /** BACKUPs in their position, which -b wins over. */
  passedOver?: readonly string[];
  /** Which moment `--at` means, where it says no zone. */
  local?: string;
};

/** What a command line says of the backup. */
export interface BackupArguments {
  /** The BACKUP in its position. */
  backup?: string | undefined;
  /** `-b`; several where the flag is repeated. */
  flag?: string | readonly string[] | undefined;
  at?: string | undefined;
  /** Whether a moment that the change log does not cover is the newest backup before it. */
  orBefore?: boolean | undefined;
}

/**
 * Reads which backup to open: `latest`, a name, a URL or a path of one, or a time given with `--at`. `-b` wins over the
 * position.
 *
 * @throws {UsageError} when the argument is none of these, or when both a backup and `--at` are given.
 */
export function readBackupChoice(
  { backup, flag, at, orBefore = false }: BackupArguments,
  reading: Reading,
): PlacedChoice {
  if (typeof flag === "object") throw new UsageError(["--backup is given more than once: give it once"]);
  const word = flag ?? backup;
  if (at !== undefined) {
    if (word !== undefined) {
      throw new UsageError([`BACKUP "${word}" and --at ${at} both say which backup: give one of them`]);
    }
    const { moment: time, local } = readMoment("--at", at, reading);
    const before = orBefore ? { orBefore } : {};
    return { kind: "at", time, ...before, ...(local === undefined ? {} : { local }) };
  }
  if (orBefore) throw new UsageError(["--or-before says nothing without --at: give a time, too"]);
  const passedOver =
    flag === undefined || backup === undefined || backup === flag ? {} : { passedOver: [backup] };
  return { ...readPlaced(word ?? LATEST), ...passedOver };
}

/**
 * Reads one BACKUP.
 *
 * @throws {UsageError} when the word is none.
 */
export function readPlaced(word: string): PlacedChoice {
  const read = readBackupWord(word);
  if (read === undefined) {
    throw new UsageError([
      `BACKUP "${word}" is no backup's name: write latest, a name as kube-backup list shows it, or the URL or path of one`,
    ]);
  }
  if ("problem" in read) throw new UsageError([read.problem]);
  return read;
}

/** The BACKUPs among the words of a command line that also names kinds and objects. */
export interface SplitWords {
  backups: readonly string[];
  /** Kinds, names of objects, and what is nothing yet. */
  others: readonly string[];
}

/**
 * Takes the BACKUPs out of the words. `latest` is one where a KIND can stand, not where a name of an object does:
 * `get latest cm`, and `get cm latest` is a ConfigMap.
 */
export function splitWords(words: readonly string[]): SplitWords {
  const isOther = (word: string) => word !== LATEST && readBackupWord(word) === undefined;
  const firstOther = words.findIndex(isOther);
  const slashed = words.filter(isOther).every((word) => word.includes("/"));
  const isBackup = (word: string, index: number) =>
    word === LATEST ? firstOther < 0 || index < firstOther || slashed : !isOther(word);
  return { backups: words.filter(isBackup), others: words.filter((word, index) => !isBackup(word, index)) };
}

/**
 * Parses the time that a flag gives.
 *
 * @returns the moment, and where the text has no zone, the sentence that says which moment it is.
 * @throws {UsageError} when the text is not a time.
 */
export function readMoment(flag: string, text: string, reading: Reading): { moment: Date; local?: string } {
  const parsed = parseMoment(text.trim(), reading);
  if ("moment" in parsed) {
    const { moment, local } = parsed;
    return local === undefined ? { moment } : { moment, local: `${flag} ${text.trim()} is ${local}` };
  }
  throw new UsageError([`${flag} "${text}" ${parsed.problem}`]);
}
