import { clusterReference } from "../../archive/format/cluster-reference.ts";
import { totalObjects } from "../../archive/format/counts.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import type { ReadableBackup } from "../../catalog/newest-readable.ts";
import { formatAge, formatDuration } from "../../terminal/duration.ts";

/** How old the newest backup may be. */
export interface Freshness {
  /** MAXRESTOREAGE in milliseconds; undefined where it is not set. */
  maxRestoreAge: number | undefined;
  /** The time from one backup to the next, in milliseconds; undefined where nobody has said. */
  interval: number | undefined;
}

/** The newest backup that can be read, for people and scripts. */
export interface NewestBackup {
  name: string;
  time: Date;
  /** In milliseconds. */
  age: number;
  /** In bytes. */
  size: number;
  objects: number;
  cluster: { id: string; name?: string };
  /** When every byte of it was last found valid; undefined where nobody has recorded that. */
  checked: Date | undefined;
  /** Resources that could not be read when it was taken. */
  missing: Manifest["missing"];
  /** Kinds that existed and that it was not asked to keep. */
  notKept: Manifest["notKept"];
}

/** Assembles what is known of the newest backup; undefined where there is none. */
export function newestBackup(
  found: ReadableBackup | undefined,
  { now, checked }: { now: Date; checked?: Date | undefined },
): NewestBackup | undefined {
  if (found === undefined) return undefined;
  const { backup, manifest } = found;
  return {
    name: backup.name,
    time: backup.time,
    age: now.getTime() - backup.time.getTime(),
    size: backup.size,
    objects: totalObjects(manifest),
    cluster: clusterReference(manifest.cluster),
    checked,
    missing: manifest.missing,
    notKept: manifest.notKept,
  };
}

/**
 * Why nobody should rely on the backups: a clause after "Cannot rely on the backups: ". Undefined where the newest is
 * young enough, and where nothing says how old it may be.
 */
export function describeStale(
  newest: Pick<NewestBackup, "name" | "age"> | undefined,
  { maxRestoreAge, interval }: Freshness,
): string | undefined {
  if (maxRestoreAge === undefined && interval === undefined) return undefined;
  if (newest === undefined) return "there is none of this cluster that can be read";
  const isOld = `the newest that can be read, ${newest.name}, is of ${formatAge(newest.age)}`;
  if (maxRestoreAge !== undefined && newest.age > maxRestoreAge)
    return `${isOld}, and MAXRESTOREAGE is ${formatDuration(maxRestoreAge)}`;
  if (interval !== undefined && newest.age > 2 * interval)
    return `${isOld}, more than two intervals of ${formatDuration(interval)}`;
  return undefined;
}
