import type { Store, StoredBackup } from "../store/contract/store.ts";
import { type Inspection, inspectBackup, knownManifest } from "./inspect-backup.ts";

/** The most backups that are looked into for one that can be read. */
const MOST_LOOKED_INTO = 100;

/** A backup whose manifest and table of contents are in order. */
export interface ReadableBackup {
  backup: StoredBackup;
  manifest: NonNullable<ReturnType<typeof knownManifest>>;
}

/** Something that is named as a backup is, and cannot be read. */
export interface UnreadableBackup {
  backup: StoredBackup;
  state: Exclude<Inspection["state"], "valid">;
  reason: string;
}

/** What {@link findNewestReadable} found. */
export interface NewestReadable {
  found: ReadableBackup | undefined;
  /** What is newer and cannot be read, newest first. */
  unreadable: UnreadableBackup[];
}

/**
 * Finds the newest backup whose manifest can be read, in a few small requests for each that is looked into. Not every
 * byte is checked.
 *
 * @param options.until only backups of this time or earlier.
 */
export async function findNewestReadable(
  store: Store,
  { until: latest }: { until?: Date | undefined },
  signal: AbortSignal,
): Promise<NewestReadable> {
  const unreadable: UnreadableBackup[] = [];
  let until = latest;
  while (unreadable.length < MOST_LOOKED_INTO) {
    const backup = await store.newest({ until }, signal);
    if (backup === undefined) break;
    const inspection = await inspectBackup(store, backup.name, signal);
    const manifest = knownManifest(inspection);
    if (manifest !== undefined) return { found: { backup, manifest }, unreadable };
    if (inspection !== undefined && inspection.state !== "valid") {
      unreadable.push({ backup, state: inspection.state, reason: inspection.reason });
    }
    until = new Date(backup.time.getTime() - 1000);
  }
  return { found: undefined, unreadable };
}
