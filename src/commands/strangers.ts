/** What backup and run say where another cluster writes into the same place. */

import { parentOf } from "../backup/cluster-facts.ts";
import type { TakenBackup } from "../backup/take-backup.ts";
import { inspectBackup, knownManifest } from "../catalog/inspect-backup.ts";
import { describeMakers, madeBackup } from "../catalog/makers.ts";
import { findStranger, StrangerWatch } from "../catalog/strangers.ts";
import { readClusterId } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { type FoundFlag, readFlag } from "../restore-gate/restore-flag.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { fullClusterTitle } from "../words/cluster-title.ts";

/** What a cluster and a store are asked with. */
interface Place {
  client: ApiClient;
  store: Store;
  log: Log;
  now: () => Date;
  /** CLUSTER_NAME. */
  clusterName: string | undefined;
}

/**
 * Rejects a backup by hand beside the newest backup of another cluster, unless this one was restored from its backup and
 * goes on in its place. Where the cluster or the store cannot be asked, the backup itself says so.
 *
 * @throws {OperatorError} naming the other cluster.
 */
export async function rejectStranger(
  { client, store, log, now, clusterName }: Place,
  signal: AbortSignal,
): Promise<void> {
  try {
    const [id, flag] = await Promise.all([readClusterId(client, signal), readFlagOrNone(client, signal)]);
    if (id === undefined || flag === undefined) return;
    const parent = parentOf(flag.facts, id);
    const cluster = { id, name: clusterName };
    const stranger = await findStranger(store, { name: "", time: now(), cluster, parent }, signal);
    if (stranger === undefined) return;
    throw new StrangerError(
      `Cannot back up: the newest backup in ${store.url}, ${stranger.newest.name}, is of another cluster, ${fullClusterTitle(stranger.cluster)}; this one is ${fullClusterTitle(cluster)}`,
      {
        advice:
          "Check S3TARGET and the context: each cluster has a place of its own. To go on in this one: --take-over",
      },
    );
  } catch (error) {
    if (error instanceof StrangerError || !(error instanceof OperatorError)) throw error;
    log.debug({ err: error }, "Whether another cluster writes here is not known");
  }
}

class StrangerError extends OperatorError {
  override name = "StrangerError";
}

async function readFlagOrNone(client: ApiClient, signal: AbortSignal): Promise<FoundFlag | undefined> {
  try {
    return await readFlag(client, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** Gives a function that warns, at each backup of a loop, where clusters of other lineages write into the same place. */
export function strangerWarning(
  { store, log }: Pick<Place, "store" | "log">,
  within: number,
): (taken: Pick<TakenBackup, "name" | "manifest">, signal: AbortSignal) => Promise<void> {
  const watch = new StrangerWatch(store, within);
  return async ({ name, manifest }, signal) => {
    try {
      const time = backupTime(name) ?? new Date(manifest.time);
      const strangers = await watch.look(madeBackup({ name, time }, manifest), signal);
      if (strangers.length === 0) return;
      log.warn(
        {
          backups: strangers.map(({ newest }) => newest.name),
          advice: "Give each cluster a place of its own: S3TARGET",
        },
        `Another cluster writes into ${store.url} too: ${describeMakers(strangers)}. The restore gate of a new cluster refuses to choose`,
      );
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      log.debug({ err: error }, "Whether another cluster writes here is not known");
    }
  };
}

/** Gives a function that tells whether a backup is of this cluster; true where that is not known. */
export function ownBackup({
  client,
  store,
}: Pick<Place, "client" | "store">): (name: string, signal: AbortSignal) => Promise<boolean> {
  return async (name, signal) => {
    const inspection = await inspectBackup(store, name, signal);
    const id = knownManifest(inspection)?.cluster.id;
    if (id === undefined) return true;
    return id === ((await readClusterId(client, signal)) ?? id);
  };
}
