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
  at?: string | readonly string[] | undefined;
  /** A resource version of the cluster, and the timeline of the change log that has it. */
  revision?: string | readonly string[] | undefined;
  timeline?: string | readonly string[] | undefined;
  /** An object, before whose last change it is. */
  before?: string | readonly string[] | undefined;
  /** `-n`: where that object is. */
  namespace?: readonly string[] | undefined;
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
  { backup, flag, orBefore = false, ...moments }: BackupArguments,
  reading: Reading,
): PlacedChoice {
  if (typeof flag === "object") throw new UsageError(["--backup is given more than once: give it once"]);
  const word = flag ?? backup;
  const [given, ...others] = momentsOf(moments);
  if (given !== undefined) {
    const [second] = [...(word === undefined ? [] : [`BACKUP "${word}"`]), ...others.map(momentWords)];
    if (second !== undefined)
      throw new UsageError([`${second} and ${momentWords(given)} both say which backup: give one of them`]);
    if (orBefore && given.flag !== "at")
      throw new UsageError([`--or-before goes with --at: ${momentWords(given)} has no gap to be before`]);
    return readGivenMoment(given, { ...moments, orBefore }, reading);
  }
  if (moments.timeline !== undefined)
    throw new UsageError(["--timeline says nothing without --revision: give one, too"]);
  if (orBefore) throw new UsageError(["--or-before says nothing without --at: give a time, too"]);
  const passedOver =
    flag === undefined || backup === undefined || backup === flag ? {} : { passedOver: [backup] };
  return { ...readPlaced(word ?? LATEST), ...passedOver };
}

/** A flag that says which moment, and its value. */
interface GivenMoment {
  flag: "at" | "revision" | "before";
  value: string;
}

/** The moments that flags give: those of `--at`, then `--revision`, then `--before`. */
function momentsOf(flags: Pick<BackupArguments, GivenMoment["flag"]>): GivenMoment[] {
  return (["at", "revision", "before"] as const).flatMap((flag) => {
    const given = flags[flag];
    if (given === undefined) return [];
    return (typeof given === "string" ? [given] : given).map((value) => ({ flag, value }));
  });
}

function momentWords({ flag, value }: GivenMoment): string {
  return `--${flag} ${value}`;
}

/**
 * Reads two moments, which are compared.
 *
 * @returns undefined where flags do not give two.
 * @throws {UsageError} where one of them is none, or there are more.
 */
export function readTwoMoments(
  flags: Omit<BackupArguments, "backup" | "flag">,
  reading: Reading,
): [PlacedChoice, PlacedChoice] | undefined {
  const [left, right, ...more] = momentsOf(flags);
  if (left === undefined || right === undefined) return undefined;
  if (more.length > 0)
    throw new UsageError([`${more.map(momentWords).join(" ")} is too much: two moments are compared`]);
  return [readGivenMoment(left, flags, reading), readGivenMoment(right, flags, reading)];
}

function readGivenMoment(
  { flag, value }: GivenMoment,
  { timeline, namespace, orBefore = false }: BackupArguments,
  reading: Reading,
): PlacedChoice {
  if (flag === "at") {
    const { moment: time, local } = readMoment("--at", value, reading);
    return {
      ...{ kind: "at", time },
      ...(orBefore ? { orBefore } : {}),
      ...(local === undefined ? {} : { local }),
    };
  }
  if (flag === "revision") {
    if (!/^[1-9]\d{0,38}$/.test(value))
      throw new UsageError([
        `--revision "${value}" is no resource version: write its digits, as kube-backup log -o json has them`,
      ]);
    if (typeof timeline === "object")
      throw new UsageError(["--timeline is given more than once: give it once"]);
    return { kind: "revision", revision: value, ...(timeline === undefined ? {} : { timeline }) };
  }
  const [, kind = "", name = ""] = /^([^/,\s]+)\/([^/\s]+)$/.exec(value) ?? [];
  if (kind === "")
    throw new UsageError([
      `--before "${value}" names no object: write KIND/NAME, for example deployment/web`,
    ]);
  return {
    kind: "before",
    object: { kind, name },
    ...(namespace === undefined ? {} : { namespaces: namespace }),
  };
}

/** The flags of {@link MOMENT_OPTIONS}, as arguments. */
export function momentArguments(flags: {
  at?: BackupArguments["at"];
  revision?: BackupArguments["revision"];
  timeline?: BackupArguments["timeline"];
  before?: BackupArguments["before"];
  namespace?: readonly string[] | undefined;
  "or-before"?: boolean | undefined;
}): Omit<BackupArguments, "backup" | "flag"> {
  const { at, revision, timeline, before, namespace, "or-before": orBefore } = flags;
  return { at, revision, timeline, before, namespace, orBefore };
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
