import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import { type Archive, openArchive } from "../archive/reader.ts";
import { type VerifyProgress, verifyArchive } from "../archive/verify.ts";
import { OperatorError } from "../errors.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { findNamed } from "./find-backup.ts";
import { noBackupsError } from "./no-backups.ts";

/** A backup that is open for reading. */
export interface OpenBackup {
  name: string;
  archive: Archive;
  close(): Promise<void>;
}

/** How much of a backup is verified on opening; every file is verified again on reading. */
export interface OpenOptions {
  /** `every byte`, or only the `manifest` and the presence of all files, which takes one or two requests. */
  check: "every byte" | "manifest";
  onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

/**
 * Opens and verifies a backup.
 *
 * @throws {DamagedArchiveError} if the file is not a kube-backup archive or has changed since it was written.
 * @throws {OperatorError} naming the nearest backups if there is no such backup.
 */
export async function openBackup(
  store: Store,
  name: string,
  signal: AbortSignal,
  { check, onProgress }: OpenOptions = { check: "every byte" },
): Promise<OpenBackup> {
  await findNamed(store, name, signal);
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    if (check === "every byte") await verifyArchive(archive, signal, onProgress);
    return { name, archive, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Options of {@link openNewestBackup}. */
export interface NewestBackupOptions extends Partial<OpenOptions> {
  store: Store;
  /** Only backups at or after this time; unlimited by default. */
  from?: Date | undefined;
  /** Only backups at or before this time; unlimited by default. */
  until?: Date | undefined;
  log: Log;
}

/**
 * Opens the newest intact backup. Damaged backups are logged as errors and skipped.
 *
 * @throws {OperatorError} if there is no intact backup.
 */
export async function openNewestBackup(
  { store, from, until: latest, log, check = "every byte", onProgress }: NewestBackupOptions,
  signal: AbortSignal,
): Promise<OpenBackup> {
  const damaged: string[] = [];
  let until = latest;
  for (;;) {
    const newest = await store.newest({ until }, signal);
    if (newest === undefined || (from !== undefined && newest.time < from)) break;
    try {
      return await openBackup(store, newest.name, signal, { check, onProgress });
    } catch (error) {
      // If the store cannot be read, the state of the backup is unknown: the backup does not count as damaged.
      if (!(error instanceof DamagedArchiveError)) throw error;
      damaged.push(newest.name);
      log.error(
        { backup: newest.name, err: error },
        "This backup is damaged and cannot be restored; looking for the next newest",
      );
      until = new Date(newest.time.getTime() - 1000);
    }
  }
  const when = latest === undefined ? "" : ` of ${latest.toISOString()} or earlier`;
  if (damaged.length === 0) {
    if ((await store.newest({}, signal)) === undefined) throw await noBackupsError(store, signal);
    throw new OperatorError(`Cannot open a backup: ${store.url} holds none${when}`);
  }
  const which = from === undefined ? `every backup${when}` : "every backup that is fresh";
  throw new OperatorError(`Cannot open a backup: ${which} is damaged: ${damaged.join(", ")}`, {
    ...(from === undefined
      ? {}
      : { advice: "Restore an older one by hand (kube-backup restore BACKUP), or raise MAXRESTOREAGE" }),
  });
}

/** Which backup to open. */
export type BackupChoice =
  | { kind: "latest" }
  | { kind: "named"; name: string }
  /** The newest backup at or before a point in time. */
  | { kind: "at"; time: Date };

/** Opens the chosen backup. `latest` and `at` skip damaged backups. */
export async function openChosenBackup(
  choice: BackupChoice,
  options: Omit<NewestBackupOptions, "from" | "until">,
  signal: AbortSignal,
): Promise<OpenBackup> {
  if (choice.kind === "named") {
    const { check = "every byte", onProgress } = options;
    return await openBackup(options.store, choice.name, signal, { check, onProgress });
  }
  return await openNewestBackup(
    { ...options, until: choice.kind === "at" ? choice.time : undefined },
    signal,
  );
}
