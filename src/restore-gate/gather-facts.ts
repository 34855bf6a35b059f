/** What the restore gate finds out about a cluster and a store. */

import { backupTime } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import { refuseClock } from "./clock-difference.ts";
import { type BegunState, type GateFacts, isSettledBy } from "./decide.ts";
import type { GateFindings, GateOptions } from "./gate-options.ts";
import { findNewestMoments } from "./newest/newest-moments.ts";
import { readSettledFlag } from "./restore-flag.ts";
import { type FoundRecord, readRestoreRecord } from "./restore-record.ts";
import { surveyStore } from "./survey.ts";

/** What the gate needs to look at a cluster and a store. */
export type LookOptions = Pick<
  GateOptions,
  | "client"
  | "store"
  | "log"
  | "maxRestoreAge"
  | "expectBackup"
  | "clusterName"
  | "restoreCluster"
  | "restoreTo"
  | "encryptedOnly"
  | "programNamespace"
  | "now"
  | "health"
  | "known"
>;

/**
 * Gathers what the gate decides by.
 *
 * @param unusable what is known of the begun backup by a look into it.
 * @throws {OperatorError} where the cluster or the store cannot be read.
 */
export async function gatherFacts(
  options: LookOptions,
  unusable: BegunState | undefined,
  signal: AbortSignal,
): Promise<GateFindings> {
  const { client, store, log, maxRestoreAge, expectBackup, clusterName, restoreCluster, encryptedOnly, now } =
    options;
  const { state, facts: flagFacts } = await readSettledFlag(client, { log }, signal);
  const flag = state === "present";
  const known = { now: now(), maxRestoreAge, expectBackup, clusterName, restoreCluster, flagFacts };
  // With the flag there is nothing to decide, and the store need not be reachable.
  const undecided = { ...known, flag, begun: undefined, record: undefined, ...NOTHING_LOOKED_AT };
  if (flag) return undecided;
  const record = await readRestoreRecord(client, options.programNamespace, signal);
  const begun = record && (await findBegun(record, { store, encryptedOnly, unusable }, signal));
  if (isSettledBy(begun)) return { ...undecided, begun, record };
  return { ...undecided, begun, record, ...(await lookAtStore(options, signal)) };
}

const NOTHING_LOOKED_AT = {
  newest: undefined,
  olderFormat: false,
  newestNote: undefined,
  onlyUnreadable: false,
  makers: [],
  moments: [],
  passedOver: [],
  timelinesPassedOver: [],
};

/**
 * What the decision depends on in a store.
 *
 * @throws {OperatorError} where the store's clock is not this machine's.
 */
export async function lookAtStore(
  {
    store,
    maxRestoreAge,
    encryptedOnly = false,
    restoreTo = "backup",
    now,
    health,
    known,
  }: Pick<
    LookOptions,
    "store" | "maxRestoreAge" | "encryptedOnly" | "restoreTo" | "now" | "health" | "known"
  >,
  signal: AbortSignal,
): Promise<Pick<GateFindings, keyof typeof NOTHING_LOOKED_AT>> {
  // Before anything is judged by its age.
  await store.newest({}, signal);
  const wrongClock = refuseClock(store.clockSkew());
  if (wrongClock !== undefined) throw wrongClock;
  const from = new Date(now().getTime() - maxRestoreAge);
  const onProgress = () => health?.progress();
  const { moments, passedOver: timelinesPassedOver } =
    restoreTo === "newest"
      ? await findNewestMoments({ store, from, encryptedOnly, onProgress }, signal)
      : { moments: [], passedOver: [] };
  const bases = moments.map(({ backup }) => backup);
  const surveyed = await surveyStore(
    { store, now: now(), maxRestoreAge, encryptedOnly, bases, known, health },
    signal,
  );
  const survey = { ...surveyed, moments, timelinesPassedOver };
  const { newest, passedOver } = survey;
  if (newest !== undefined)
    return { ...survey, olderFormat: false, newestNote: undefined, onlyUnreadable: false };
  return {
    ...survey,
    olderFormat: await store.holdsOlderFormat(signal),
    newestNote: await newestNote(store, signal),
    onlyUnreadable: passedOver.length > 0,
  };
}

/** The newest backup of which a store has the note. */
async function newestNote(
  { beside }: Pick<Store, "beside">,
  signal: AbortSignal,
): Promise<string | undefined> {
  let newest: string | undefined;
  for await (const backup of beside.list("notes", signal)) newest = backup;
  return newest;
}

/** Options of {@link findBegun}. */
interface FindBegunOptions {
  store: Pick<Store, "url" | "has" | "newest">;
  encryptedOnly: boolean | undefined;
  /** What is known of the backup by a look into it. */
  unusable?: BegunState | undefined;
}

/** What the store says of a begun restore. A store that does not answer is an error, and no missing backup. */
export async function findBegun(
  record: FoundRecord,
  { store, encryptedOnly = false, unusable }: FindBegunOptions,
  signal: AbortSignal,
): Promise<NonNullable<GateFacts["begun"]>> {
  const { backup, complete } = record;
  const sameStore = complete?.store === store.url;
  const known = { backup, moment: complete?.moment, complete: complete !== undefined, sameStore };
  if (!known.complete || !sameStore) return { ...known, state: "there" };
  if (unusable !== undefined) return { ...known, state: unusable };
  if (!(await store.has(backup, signal))) return { ...known, state: "gone" };
  // The restore repeats what concerns the archive: what must be encrypted by now is looked at again.
  const isPlain = encryptedOnly && (await isInPlain(store, backup, signal));
  return { ...known, state: isPlain ? "plain" : "there" };
}

/** Whether the listing has a backup that is not encrypted under a name, and no other. */
async function isInPlain(
  store: Pick<Store, "newest">,
  backup: string,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await store.newest({ until: backupTime(backup) }, signal);
  return found?.name === backup && (found.form ?? "zip") === "zip";
}
