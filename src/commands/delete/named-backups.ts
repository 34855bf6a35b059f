/** Which backups `kube-backup delete` is about. */

import { noSuchBackup } from "../../catalog/find-backup.ts";
import { LATEST } from "../../command-line/backup-argument.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { UsageError } from "../../errors.ts";
import type { ApartBackup } from "../../retention/plan-deletion.ts";
import { backupTime } from "../../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";

/**
 * The names of a command line, each once.
 *
 * @throws {UsageError} for `latest` and for what is no name.
 */
export function readNames(words: readonly string[]): string[] {
  const problems = words.flatMap((word) => {
    if (word === LATEST)
      return `BACKUP "${LATEST}" may be another one by the time it is deleted: write its name, as kube-backup list shows it`;
    if (backupTime(word) === undefined)
      return `BACKUP "${word}" is no backup's name: write a name as kube-backup list shows it`;
    return [];
  });
  if (problems.length > 0) throw new UsageError(problems);
  return [...new Set(words)];
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
