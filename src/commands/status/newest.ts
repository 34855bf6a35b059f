import { clusterReference } from "../../archive/format/cluster-reference.ts";
import { totalObjects } from "../../archive/format/counts.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import type { ReadableBackup } from "../../catalog/newest-readable.ts";

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
