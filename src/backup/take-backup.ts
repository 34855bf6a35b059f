import { isDeepStrictEqual } from "node:util";
import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import { createArchive } from "../archive/writer.ts";
import { RevisionCompactedError } from "../cluster/lists/list-page.ts";
import { OperatorError } from "../errors.ts";
import { BackupExistsError } from "../store/contract/backup-exists-error.ts";
import { backupName } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import { sleep } from "../time/sleep.ts";
import { type Captured, type CaptureOptions, capture } from "./capture.ts";

/** How often a backup is begun whose revision is compacted away, or whose second another backup takes. */
const ATTEMPTS = 3;

/** What taking a backup needs. */
export interface TakeBackupOptions extends CaptureOptions {
  store: Store;
  program: Manifest["program"];
  now: () => Date;
  /** Told when the backup lies in the store under its name, before it is read back. */
  onStored?: ((name: string) => void) | undefined;
}

/** A backup that lies in the store under its final name. */
export interface TakenBackup {
  name: string;
  /** Size of the archive in bytes. */
  size: number;
  manifest: Manifest;
}

/**
 * Takes a backup: captures the cluster, archives and stores it, all at once and in flat memory.
 *
 * A backup that fails before it is stored leaves nothing under its name, and so does one that the
 * store gives back damaged.
 */
export async function takeBackup(options: TakeBackupOptions, signal: AbortSignal): Promise<TakenBackup> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await takeOnce(options, signal);
    } catch (error) {
      if (attempt === ATTEMPTS) throw gaveUp(error);
      if (error instanceof RevisionCompactedError) {
        options.log.warn({ attempt }, "The revision was compacted away while it was read; capturing again");
      } else if (error instanceof BackupExistsError) {
        // Backups are named by the second and never overwritten.
        options.log.info(
          { attempt, backup: error.backup },
          "Another backup has this second; waiting for the next",
        );
        await sleep(1000 - (options.now().getTime() % 1000), signal);
      } else {
        throw error;
      }
    }
  }
}

function gaveUp(error: unknown): unknown {
  if (!(error instanceof RevisionCompactedError)) return error;
  return new OperatorError(
    `Cannot take a backup: the revision was compacted away ${ATTEMPTS} times while the cluster was read`,
    {
      cause: error,
      advice: "Raise the API server's --etcd-compaction-interval above the time that a backup takes",
    },
  );
}

async function takeOnce(options: TakeBackupOptions, signal: AbortSignal): Promise<TakenBackup> {
  const { store, program, log } = options;
  const time = new Date(Math.floor(options.now().getTime() / 1000) * 1000);
  const name = backupName(time);
  log.debug({ backup: name, store: store.url }, "Taking a backup");

  const archive = createArchive({ time });
  // Whichever side fails first ends the other: an upload that was refused must not read the cluster on.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const stored = store.put(name, archive.bytes, either);
  stored.catch((error) => failed.abort(error));
  let manifest: Manifest;
  try {
    const captured: Captured = await capture(options, archive, either);
    manifest = await archive.finish({
      ...captured,
      program,
      time: time.toISOString().replace(/\.\d+Z$/, "Z"),
    });
  } catch (error) {
    archive.abort(error);
    await stored.catch(() => {});
    throw failed.signal.aborted && !signal.aborted ? failed.signal.reason : error;
  }
  const size = await stored;
  options.onStored?.(name);
  try {
    await checkStored({ store, name, size, manifest }, signal);
  } catch (error) {
    // Its bytes were checked on the way in: this is a store that does not keep what it is given.
    if (error instanceof DamagedArchiveError) await store.remove(name, signal).catch(() => {});
    throw error;
  }
  return { name, size, manifest };
}

/** Opens what the store holds: its size, its table of contents and its manifest are those that were written. */
async function checkStored(
  { store, name, size, manifest }: { store: Store; name: string; size: number; manifest: Manifest },
  signal: AbortSignal,
): Promise<void> {
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    if (source.size !== size || !isDeepStrictEqual(archive.manifest, manifest)) {
      throw new DamagedArchiveError(name, `${store.url} gives back another archive than was stored`);
    }
  } finally {
    await source.close();
  }
}
