import type { Store } from "../store/contract/store.ts";
import { inspectBackups, knownManifest } from "./inspect-backup.ts";
import { findStrangers, type MadeBackup, type Maker, madeBackup } from "./makers.ts";
import { findNewestReadable } from "./newest-readable.ts";
import { selectBackups } from "./select-backups.ts";

/** How many backups are looked into where the newest is not this cluster's. */
const LOOKED_INTO = 10;

/**
 * The cluster that made the newest backup, where that is none of the lineage of this one. Looks into the newest backup, and
 * where that is not this cluster's own, into the few before it.
 *
 * @param own the backup that is to be taken.
 */
export async function findStranger(
  store: Store,
  own: MadeBackup,
  signal: AbortSignal,
): Promise<Maker | undefined> {
  const until = own.time;
  const { found } = await findNewestReadable(store, { until }, signal);
  if (found === undefined || found.manifest.cluster.id === own.cluster.id) return undefined;
  const made = await lookInto(store, { until, last: LOOKED_INTO }, signal);
  return findStrangers(made, own).find(({ ids }) => ids.has(found.manifest.cluster.id));
}

/** The most backups that a loop looks into at once, and how long ago one may have been named that comes late, in milliseconds. */
const MOST_AT_ONCE = 32;
const LATE = 3_600_000;

/** Watches, from one backup of a loop to the next, whether a cluster of another lineage writes into the store. */
export class StrangerWatch {
  readonly #store: Store;
  readonly #within: number;
  #since: Date | undefined;
  /** Names of backups that need not be looked into again. */
  #seen = new Map<string, Date>();
  /** The latest backup of each cluster. */
  readonly #latest = new Map<string, MadeBackup>();

  /** @param within for how long, in milliseconds, a backup tells that its cluster is at work: MAXRESTOREAGE. */
  constructor(store: Store, within: number) {
    this.#store = store;
    this.#within = within;
  }

  /** The clusters of other lineages that have written lately. */
  async look(own: MadeBackup, signal: AbortSignal): Promise<Maker[]> {
    const start = new Date(own.time.getTime() - this.#within);
    const from = this.#since ?? start;
    this.#seen.set(own.name, own.time);
    const found = await lookInto(
      this.#store,
      { from, until: own.time, last: MOST_AT_ONCE, except: this.#seen },
      signal,
    );
    for (const made of found) {
      this.#seen.set(made.name, made.time);
      const known = this.#latest.get(made.cluster.id);
      if (known === undefined || known.time < made.time) this.#latest.set(made.cluster.id, made);
    }
    this.#since = new Date(own.time.getTime() - LATE);
    this.#seen = new Map([...this.#seen].filter(([, time]) => time >= (this.#since ?? time)));
    const lately = [...this.#latest.values()].filter(({ time }) => time >= start);
    return findStrangers(lately, own);
  }
}

async function lookInto(
  store: Store,
  { except, ...filter }: { from?: Date; until: Date; last: number; except?: { has(name: string): boolean } },
  signal: AbortSignal,
): Promise<MadeBackup[]> {
  const made: MadeBackup[] = [];
  const backups = (async function* () {
    for await (const backup of selectBackups(store, filter, signal)) {
      if (except?.has(backup.name) !== true) yield backup;
    }
  })();
  for await (const { backup, inspection } of inspectBackups(store, backups, signal)) {
    const manifest = knownManifest(inspection);
    if (manifest !== undefined) made.push(madeBackup(backup, manifest));
  }
  return made;
}
