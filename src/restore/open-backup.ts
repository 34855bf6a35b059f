import { DamagedArchiveError } from "../archive/damaged-archive-error.ts";
import { type Archive, openArchive } from "../archive/reader.ts";
import { verifyArchive } from "../archive/verify.ts";
import { OperatorError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Log } from "../terminal/log.ts";

/** A verified backup that is open for reading. */
export interface OpenBackup {
  name: string;
  archive: Archive;
  close(): Promise<void>;
}

/**
 * Opens a backup and checks every byte of it.
 *
 * @throws {DamagedArchiveError} when it is no archive of ours, or not as it was written.
 */
export async function openBackup(store: Store, name: string, signal: AbortSignal): Promise<OpenBackup> {
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    await verifyArchive(archive, signal);
    return { name, archive, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Options of {@link openNewestBackup}. */
export interface NewestBackupOptions {
  store: Store;
  /** The oldest moment that will do; otherwise any. */
  from?: Date;
  log: Log;
}

/**
 * Opens the newest backup that is whole. A damaged one is named loudly and passed over.
 *
 * @throws {OperatorError} when there is none.
 */
export async function openNewestBackup(
  { store, from, log }: NewestBackupOptions,
  signal: AbortSignal,
): Promise<OpenBackup> {
  const damaged: string[] = [];
  let until: Date | undefined;
  for (;;) {
    const newest = await store.newest({ until }, signal);
    if (newest === undefined || (from !== undefined && newest.time < from)) break;
    try {
      return await openBackup(store, newest.name, signal);
    } catch (error) {
      // A store that cannot be read is not a damaged backup: nothing is known of the backup then.
      if (!(error instanceof DamagedArchiveError)) throw error;
      damaged.push(newest.name);
      log.error(
        { backup: newest.name, err: error },
        "This backup is damaged and cannot be restored; looking for the next newest",
      );
      until = new Date(newest.time.getTime() - 1000);
    }
  }
  if (damaged.length === 0) throw new OperatorError(`Cannot restore: ${store.url} holds no backups`);
  const which = from === undefined ? "every backup" : "every backup that is fresh";
  throw new OperatorError(`Cannot restore: ${which} is damaged: ${damaged.join(", ")}`, {
    ...(from === undefined
      ? {}
      : { advice: "Restore an older one by hand (kube-backup restore BACKUP), or raise MAXRESTOREAGE" }),
  });
}
