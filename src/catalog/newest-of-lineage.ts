import type { Store } from "../store/contract/store.ts";
import { inspectBackups } from "./inspect-backup.ts";
import { knownManifest } from "./inspection.ts";
import { type MadeBackup, madeBackup, ofLineage } from "./makers.ts";
import {
  findNewestReadable,
  type NewestReadable,
  type ReadableBackup,
  type UnreadableBackup,
} from "./newest-readable.ts";
import { selectBackups } from "./select-backups.ts";

/** How many backups are looked into where the newest is not this cluster's. */
const LOOKED_INTO = 100;

/** What {@link findNewestOfLineage} found. */
export interface NewestOfLineage extends NewestReadable {
  /** The newest backup that can be read, where that is of another lineage. */
  foreign: ReadableBackup | undefined;
}

/**
 * Finds the newest readable backup of the lineage of a cluster. Looks into the newest backup, and where that is not this
 * cluster's own, into the hundred before it.
 *
 * @param own a backup that this cluster would take now.
 */
export async function findNewestOfLineage(
  store: Store,
  own: MadeBackup,
  signal: AbortSignal,
): Promise<NewestOfLineage> {
  const until = own.time;
  const newest = await findNewestReadable(store, { until }, signal);
  const isOwn = newest.found?.manifest.cluster.id === own.cluster.id;
  if (newest.found === undefined || isOwn) return { ...newest, foreign: undefined };
  const readable: { made: MadeBackup; found: ReadableBackup }[] = [];
  const unreadable: UnreadableBackup[] = [];
  const backups = selectBackups(store, { until, last: LOOKED_INTO }, signal);
  for await (const { backup, inspection } of inspectBackups(store, backups, signal)) {
    const manifest = knownManifest(inspection);
    if (manifest !== undefined) {
      readable.push({ made: madeBackup(backup, manifest), found: { backup, manifest } });
    } else if (inspection.state !== "valid") {
      unreadable.push({ backup, state: inspection.state, reason: inspection.reason });
    }
  }
  const made = readable.map((each) => each.made);
  const names = new Set(ofLineage(made, own).map(({ name }) => name));
  const found = readable.findLast((each) => names.has(each.made.name))?.found;
  const newer = unreadable.filter(({ backup }) => found === undefined || backup.time > found.backup.time);
  const foreign = found?.backup.name === newest.found.backup.name ? undefined : newest.found;
  return { found, unreadable: newer.reverse(), foreign };
}
