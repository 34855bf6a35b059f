/** Which backups `kube-backup delete` is about. */

import { noSuchBackup } from "../../catalog/find-backup.ts";
import { LATEST, readBackupWord } from "../../command-line/backup-word.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { UsageError } from "../../errors.ts";
import type { ApartBackup } from "../../retention/plan-deletion.ts";
import { backupTime } from "../../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { Target } from "../../store/contract/target.ts";

/** The backups of a command line. */
export interface NamedBackups {
  /** Each once. */
  names: string[];
  /** The one store that their URLs or paths name; that of the settings where they name none. */
  place: Target | undefined;
}

/**
 * Reads the backups that a command line names.
 *
 * @throws {UsageError} for `latest`, for what names none, and for backups of several stores.
 */
export function readNames(words: readonly string[]): NamedBackups {
  const problems: string[] = [];
  const names = new Set<string>();
  const places = new Map<string, Target | undefined>();
  for (const word of words) {
    const read = readBackupWord(word);
    if (read === undefined)
      problems.push(
        `BACKUP "${word}" is no backup's name: write a name as kube-backup list shows it, or the URL or path of one`,
      );
    else if ("problem" in read) problems.push(read.problem);
    else if (read.kind === "latest")
      problems.push(
        `BACKUP "${LATEST}" may be another one by the time it is deleted: write its name, as kube-backup list shows it`,
      );
    else {
      names.add(read.name);
      places.set(JSON.stringify(read.place), read.place);
    }
  }
  if (places.size > 1) problems.push("The backups are in several stores: delete those of one at a time");
  if (problems.length > 0) throw new UsageError(problems);
  return { names: [...names], place: [...places.values()][0] };
}

/** Options of {@link findApart}. */
export interface FindApartOptions {
  context: CommandContext<object, "s3target">;
  /** The store as ALLOWED_SIGNERS has it believed. */
  store: Store;
  /** The backups that it lists. */
  backups: readonly StoredBackup[];
  names: readonly string[];
  allVersions: boolean;
}

/**
 * Those of the named that the store does not list: nobody vouches for them, or they were removed, and their versions are
 * still there.
 *
 * @throws {OperatorError} where one is nowhere.
 */
export async function findApart(
  { context, store, backups, names, allVersions }: FindApartOptions,
  signal: AbortSignal,
): Promise<ApartBackup[]> {
  const listed = new Set(backups.map(({ name }) => name));
  const missing = names.filter((name) => !listed.has(name));
  if (missing.length === 0) return [];
  const { withAll } = await import("../../trust/believed-store.ts");
  const all = withAll(store);
  const isFolder = context.settings.s3target.kind === "file";
  const hidden =
    allVersions && !isFolder
      ? await openConfiguredStore({ ...context, seesAll: true, deleted: true })
      : undefined;
  const found: ApartBackup[] = [];
  try {
    for (const name of missing) {
      const unbelieved = await lookIn(all, name, signal);
      if (unbelieved !== undefined)
        found.push({ ...unbelieved, reasons: ["nobody in ALLOWED_SIGNERS has signed it"] });
      const removed = unbelieved ?? (hidden && (await lookIn(hidden, name, signal)));
      if (removed === undefined) throw await noSuchBackup(all, { name, verb: "delete" }, signal);
      if (unbelieved === undefined) found.push({ ...removed, reasons: [] });
    }
  } finally {
    await hidden?.close();
  }
  return found;
}

async function lookIn(
  store: Store,
  name: string,
  signal: AbortSignal,
): Promise<Omit<ApartBackup, "reasons"> | undefined> {
  const backup = await store.newest({ until: backupTime(name) }, signal);
  if (backup?.name !== name) return undefined;
  const [{ archiveJudge }, { KnownBackups }] = await Promise.all([
    import("../../retention/archive-judge.ts"),
    import("../../retention/known-backups.ts"),
  ]);
  const judgment = await archiveJudge({ store, known: new KnownBackups() }).look(backup, signal);
  return judgment && { backup, judgment };
}
