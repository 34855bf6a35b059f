import { parentOf } from "../../backup/cluster-facts.ts";
import { nextDue } from "../../backup/schedule.ts";
import { readCheck } from "../../catalog/check-record.ts";
import { type Freshness, intervalOf } from "../../catalog/freshness.ts";
import { findNewestOfLineage, type NewestOfLineage } from "../../catalog/newest-of-lineage.ts";
import { findNewestReadable, type NewestReadable } from "../../catalog/newest-readable.ts";
import { describeNoBackups, type NoBackups } from "../../catalog/no-backups.ts";
import { readClusterId } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { decide, type GateDecision, isSettledBy, NO_FACTS } from "../../restore-gate/decide.ts";
import { findBegun, lookAtStore } from "../../restore-gate/gather-facts.ts";
import { type FoundFlag, readFlag } from "../../restore-gate/restore-flag.ts";
import { type FoundRecord, readRestoreRecord } from "../../restore-gate/restore-record.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Store } from "../../store/contract/store.ts";
import { type LogStatus, lookAtLog } from "./change-log.ts";
import { type Copies, lookAtCopies } from "./copies.ts";
import { type NewestBackup, newestBackup } from "./newest.ts";

const MINUTE = 60_000;

/** What `status` shows. */
export interface Status {
  /** The cluster that is asked; its id is undefined where this user may not read it. */
  cluster: { context: string; server: string; id: string | undefined; name: string | undefined };
  store: string;
  flag: FoundFlag;
  begun: FoundRecord | undefined;
  newest: NewestBackup | undefined;
  /** The newest backup that can be read, where that is none of this cluster's. */
  foreign: NewestBackup | undefined;
  /** What is newer and cannot be read. */
  unreadable: NewestReadable["unreadable"];
  /** Where the store holds nothing at all. */
  none: NoBackups | undefined;
  /** What the gate would decide; undefined without MAXRESTOREAGE. */
  gate: GateDecision | undefined;
  freshness: Freshness;
  /** When the next backup is due; undefined without FREQUENCY. */
  due: Date | undefined;
  /** What the second store holds; undefined without COPY_TO. */
  copies: Copies | undefined;
  changeLog: LogStatus;
}

/** Options of {@link gatherStatus}. */
export interface StatusOptions {
  settings: Settings;
  client: ApiClient;
  store: Store;
  /** Of COPY_TO, where that is set. */
  second: Store | undefined;
  now: () => Date;
}

/** Asks the cluster and the store, with a few small requests. */
export async function gatherStatus(
  { settings, client, store, second, now }: StatusOptions,
  signal: AbortSignal,
): Promise<Status> {
  // Beside all else: nobody waits for a second store that does not answer.
  const lookingAtCopies = second && lookAtCopies(second, signal);
  const { context, server } = client;
  const [id, flag, begun, newestName] = await Promise.all([
    readClusterId(client, signal),
    readFlag(client, signal),
    readRestoreRecord(client, settings.programNamespace, signal),
    store.newest({}, signal),
  ]);
  const asOf = now();
  const readable = await findNewest({ id, flag, store, asOf, clusterName: settings.clusterName }, signal);
  const checked = readable.found && (await readCheck(store, readable.found.backup, signal));
  const newest = newestBackup(readable.found, { now: asOf, checked });
  const { frequencyMinutes, maxRestoreAgeMinutes } = settings;
  const frequency = frequencyMinutes === undefined ? undefined : frequencyMinutes * MINUTE;
  const maxRestoreAge = maxRestoreAgeMinutes === undefined ? undefined : maxRestoreAgeMinutes * MINUTE;
  // What another cluster writes puts off no backup of this one's for long.
  const newestTime =
    (readable.foreign === undefined ? readable.unreadable[0]?.backup.time : undefined) ?? newest?.time;
  return {
    cluster: { context, server, id, name: settings.clusterName },
    store: store.url,
    flag,
    begun,
    newest,
    foreign: newestBackup(readable.foreign, { now: asOf }),
    unreadable: readable.unreadable,
    none: newestName === undefined ? await describeNoBackups(store, signal) : undefined,
    gate:
      maxRestoreAge === undefined
        ? undefined
        : await decideGate({ settings, flag, begun, maxRestoreAge, store, now }, signal),
    freshness: { maxRestoreAge, interval: frequency ?? intervalOf(readable.found?.manifest) },
    due: frequency === undefined ? undefined : nextDue({ newest: newestTime, frequency, now: asOf }),
    copies: await lookingAtCopies,
    changeLog: await lookAtLog({ store, cluster: id, changeLog: settings.changeLog, now: asOf }, signal),
  };
}

/**
 * The newest backup of this cluster's lineage. In a cluster that has neither a backup of its own nor the restore flag, the
 * newest of all: it is what the gate would restore. Like the loop, ignores backups from the future.
 */
async function findNewest(
  {
    id,
    flag,
    store,
    asOf,
    clusterName,
  }: {
    id: string | undefined;
    flag: FoundFlag;
    store: Store;
    asOf: Date;
    clusterName: string | undefined;
  },
  signal: AbortSignal,
): Promise<NewestOfLineage> {
  const any = async () => ({
    ...(await findNewestReadable(store, { until: asOf }, signal)),
    foreign: undefined,
  });
  if (id === undefined) return await any();
  const cluster = { id, name: clusterName };
  const own = { name: "", time: asOf, cluster, parent: parentOf(flag.facts, id) };
  const newest = await findNewestOfLineage(store, own, signal);
  return newest.found === undefined && flag.state !== "present" ? await any() : newest;
}

/** What the gate would decide. The store is looked at only where there is something to decide. */
async function decideGate(
  {
    settings,
    flag: { state },
    begun: record,
    maxRestoreAge,
    store,
    now,
  }: Pick<StatusOptions, "settings" | "store" | "now"> &
    Pick<Status, "flag" | "begun"> & { maxRestoreAge: number },
  signal: AbortSignal,
): Promise<GateDecision> {
  // The gate waits for the deletion of a terminating flag, which then counts as absent.
  const flag = state === "present";
  const { clusterName, restoreCluster, restoreTo, expectBackup, ageRecipients } = settings;
  const encryptedOnly = ageRecipients !== undefined;
  const begun = record && (await findBegun(record, { store, encryptedOnly }, signal));
  const known = { flag, begun, now: now(), maxRestoreAge, clusterName, restoreCluster, expectBackup };
  if (flag || isSettledBy(begun)) return decide({ ...NO_FACTS, ...known });
  const look = { store, maxRestoreAge, encryptedOnly, restoreTo, now };
  return decide({ ...known, ...(await lookAtStore(look, signal)) });
}
