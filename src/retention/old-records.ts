/** Which notes and reports retention removes, without I/O. They outlive their backups, for KEEP_REPORTS. */

import { backupTime } from "../store/contract/backup-name.ts";
import type { ListedSideObject, SidePlace } from "../store/contract/side-objects.ts";

/**
 * Those whose backup is gone, and that are older than a moment: by the time in their names and by when they came into the
 * store. A copy of a store starts anew, and whoever writes to it cannot make a note older than it is.
 *
 * @param stored the names of the backups that the store holds.
 */
export function outlived(
  listed: readonly ListedSideObject[],
  { stored, before }: { stored: ReadonlySet<string>; before: Date },
): SidePlace[] {
  return listed
    .filter(({ place: { backup }, lastModified }) => {
      const time = backupTime(backup);
      if (time === undefined || stored.has(backup)) return false;
      return time < before && (lastModified ?? time) < before;
    })
    .map(({ place }) => place);
}

/** A note whose backup is gone. */
export interface OldNote {
  place: SidePlace;
  /** The uid of the cluster that wrote it; undefined where it cannot be read. */
  cluster: string | undefined;
}

/**
 * All of these notes but the newest of each cluster: the chain of a cluster's notes never loses its last one, and a cluster of
 * which nothing else is left is still known. What cannot be read stays: a later version may have written it.
 */
export function notesToRemove(notes: readonly OldNote[]): SidePlace[] {
  const newest = new Map<string, string>();
  for (const { place, cluster } of notes) {
    if (cluster !== undefined && place.backup > (newest.get(cluster) ?? ""))
      newest.set(cluster, place.backup);
  }
  return notes
    .filter(({ place, cluster }) => cluster !== undefined && newest.get(cluster) !== place.backup)
    .map(({ place }) => place);
}
