import { totalObjects } from "../archive/format/counts.ts";
import type { MadeBackup } from "../catalog/makers.ts";
import { findNewestOfLineage } from "../catalog/newest-of-lineage.ts";
import { readNote } from "../notes/read-note.ts";
import { findLastReports } from "../reports/last-reports.ts";
import type { Store } from "../store/contract/store.ts";
import { FAR_FUTURE } from "../time/far-future.ts";
import type { NewestFacts, StoreFacts } from "./known.ts";

/** Options of {@link readStoreFacts}. */
export interface StoreFactsOptions {
  /** The backups that count. */
  store: Store;
  /** All backups. */
  all: Store;
  /** Which cluster this is, and from which backup it was restored. */
  own: Pick<MadeBackup, "cluster" | "parent">;
}

/**
 * Asks the store for all that metrics say of backups: by a listing of the backups and one of the reports, and a
 * few small requests.
 *
 * @throws {OperatorError} where the store does not answer.
 */
export async function readStoreFacts(
  { store, all, own }: StoreFactsOptions,
  signal: AbortSignal,
): Promise<StoreFacts> {
  let backups = 0;
  let oldest: Date | undefined;
  for await (const { time } of all.list({}, signal)) {
    backups += 1;
    oldest ??= time;
  }
  return {
    backups,
    oldest,
    newest: await readNewest(store, own, signal),
    ...(await findLastReports(store, { cluster: own.cluster.id }, signal)),
  };
}

async function readNewest(
  store: Store,
  own: StoreFactsOptions["own"],
  signal: AbortSignal,
): Promise<NewestFacts | undefined> {
  // A backup from the future counts: the alert on clocks goes by it.
  const { found } = await findNewestOfLineage(store, { name: "", time: FAR_FUTURE, ...own }, signal);
  if (found === undefined) return undefined;
  const { backup, manifest } = found;
  // Of an encrypted backup without a key here, only the note has the number of warnings.
  const reading = await readNote(store, backup.name, signal);
  const note = reading.state === "read" ? reading.note : undefined;
  return {
    time: backup.time,
    objects: totalObjects(manifest),
    size: backup.size,
    missing: manifest.missing.length,
    warnings: note?.warnings ?? manifest.warnings.length,
  };
}
