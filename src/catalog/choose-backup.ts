import { MissingKeyError } from "../encryption/missing-key-error.ts";
import { OperatorError } from "../errors.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { withAll } from "../trust/believed-store.ts";
import { findNamed } from "./find-backup.ts";
import { findNewestReadable } from "./newest-readable.ts";
import { noBackupsError } from "./no-backups.ts";
import { type BackupChoice, openChosenBackup } from "./open-backup.ts";

/**
 * The backup that is meant, as the listing has it. `latest` is what it is for `restore`; without the key of an encrypted one,
 * the newest by its note.
 *
 * @throws {OperatorError} where there is none.
 */
export async function chooseBackup(
  { store, choice, log }: { store: Store; choice: BackupChoice; log: Log },
  signal: AbortSignal,
): Promise<StoredBackup> {
  const name = choice.kind === "named" ? choice.name : await latestName({ store, choice, log }, signal);
  if (choice.kind === "named") await findNamed(store, name, signal);
  // Of one that is not used, its note is to say why.
  const backup = await withAll(store).newest({ until: backupTime(name) }, signal);
  if (backup?.name === name) return backup;
  throw new OperatorError(`Cannot open ${name}: it is gone from ${store.url}`);
}

async function latestName(
  { store, choice, log }: { store: Store; choice: BackupChoice; log: Log },
  signal: AbortSignal,
): Promise<string> {
  try {
    const { name, close } = await openChosenBackup(choice, { store, log, check: "manifest" }, signal);
    await close();
    return name;
  } catch (error) {
    if (!(error instanceof MissingKeyError)) throw error;
    const { found } = await findNewestReadable(store, {}, signal);
    if (found === undefined) throw await noBackupsError(store, signal);
    return found.backup.name;
  }
}
