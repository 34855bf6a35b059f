/** The rehearsals of `run`, by schedule. */

import type { ApiClient } from "../cluster/requests/api-client.ts";
import { openConfiguredCluster } from "../command-line/open-configured-cluster.ts";
import type { RehearsalEnd } from "../monitoring/happenings.ts";
import type { Monitor } from "../monitoring/monitor.ts";
import { publicReason } from "../monitoring/public-reason.ts";
import { accountProblem } from "../rehearse/account-problem.ts";
import { rehearseOnSchedule } from "../rehearse/rehearse-on-schedule.ts";
import { readLastReports } from "../reports/last-reports.ts";
import { rehearsalUser } from "../settings/rehearsal.ts";
import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { noProgress } from "../terminal/progress/progress.ts";
import type { Schedule } from "../time/schedule.ts";
import { sleep } from "../time/sleep.ts";
import { type ConductedRehearsal, conductRehearsal } from "./verify/conduct-rehearsal.ts";
import { describeFindings } from "./verify/rehearsal-text.ts";
import { openVerified } from "./verify/verify-backups.ts";

/** Options of {@link startRehearsals}. */
export interface RehearsalsOptions {
  settings: Settings & { rehearse: Schedule };
  /** In which nothing that is believed is no error. */
  store: Store;
  /** The uid of this cluster's kube-system; undefined where it is not known. */
  cluster: string | undefined;
  monitor: Pick<Monitor, "happened">;
  /** Resolves when no backup is being taken. */
  idle: (signal: AbortSignal) => Promise<void>;
  log: Log;
  now: () => Date;
}

/**
 * Begins to rehearse the newest backup by the schedule, beside the loop, until the signal aborts. What keeps a rehearsal from
 * coming to a result is told, and no backup fails by it.
 *
 * @returns what waits until a rehearsal that is under way has removed its scratch namespaces.
 */
export async function startRehearsals(
  options: RehearsalsOptions,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const { settings, log, now } = options;
  const { as: _, asGroups: __, ...others } = settings;
  // Whom the API server holds to dry runs, by an admission policy on this very name.
  const as = rehearsalUser(settings);
  const account = await openConfiguredCluster({ settings: { ...others, as }, log, now });
  const running = rehearseAll(options, { account, user: as }, signal).catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, "No more rehearsals until the program starts again");
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await running;
      await account.close();
    },
  };
}

async function rehearseAll(
  options: RehearsalsOptions,
  { account, user }: { account: ApiClient; user: string },
  signal: AbortSignal,
): Promise<never> {
  const { settings, monitor, idle, log, now } = options;
  await warnOfLacks(options, { account, user }, signal);
  const past = await readPast(options, signal);
  let before = past.end;
  const rehearse = async (signal: AbortSignal): Promise<boolean | undefined> => {
    try {
      const conducted = await rehearseNewest(options, account, signal);
      if (conducted === undefined) return undefined;
      const { name: backup, summary } = conducted;
      const { objects, refused } = summary;
      monitor.happened({ kind: "rehearsed", backup, objects, refused, before });
      before = endOf(summary);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      log.error({ err: error }, "Rehearsal failed; backups go on");
      monitor.happened({ kind: "rehearsal failed", reason: publicReason(error), before });
      before = "failed";
      return false;
    }
  };
  const schedule = settings.rehearse;
  return await rehearseOnSchedule({ schedule, last: past.time, rehearse, idle, now, sleep, log }, signal);
}

/** When it was last rehearsed, by whichever process, and what came of it. */
async function readPast(
  { store, cluster, log, now }: RehearsalsOptions,
  signal: AbortSignal,
): Promise<{ time: Date | undefined; end: RehearsalEnd | undefined }> {
  try {
    const last =
      cluster === undefined ? undefined : (await readLastReports(store, { cluster }, signal)).rehearsed;
    return { time: last?.time, end: last && endOf(last) };
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ err: error }, "Cannot read when the restore was last rehearsed: as if that was now");
    // A program that ends and starts again must not rehearse each time.
    return { time: now(), end: undefined };
  }
}

/** Verifies the newest backup and rehearses its restore; undefined where there is none. */
async function rehearseNewest(
  { settings, store, idle, log, now }: RehearsalsOptions,
  account: ApiClient,
  signal: AbortSignal,
): Promise<ConductedRehearsal | undefined> {
  const newest = await store.newest({}, signal);
  if (newest === undefined) return undefined;
  const progress = noProgress;
  const { archive, close } = await openVerified({ store, name: newest.name, progress }, signal);
  try {
    const conducted = await conductRehearsal(
      { settings, log, progress, signal, now },
      { client: account, archive, reportTo: store, turn: idle },
    );
    const { name: backup, report, summary, isRecorded } = conducted;
    for (const line of describeFindings(report)) log.warn({ backup }, line);
    log.info({ backup, ...summary }, "Rehearsed");
    if (!isRecorded)
      log.warn({ backup }, "The store takes no report of this rehearsal: after a restart there was none");
    return conducted;
  } finally {
    await close();
  }
}

function endOf({ refused }: { refused: number }): RehearsalEnd {
  return refused === 0 ? "taken" : "refused";
}

/** Says at the start what rehearsals will fail by. It is no error: backups, and the restore gate, go on without. */
async function warnOfLacks(
  { settings, log }: RehearsalsOptions,
  { account, user }: { account: ApiClient; user: string },
  signal: AbortSignal,
): Promise<void> {
  if (settings.ageRecipients !== undefined && settings.identities === undefined)
    log.warn(
      "REHEARSE is set, and no key opens the encrypted backups: rehearsals will fail. Set AGE_KEY or AGE_KEY_FILE",
    );
  const problem = await accountProblem(account, user, signal);
  if (problem !== undefined)
    log.warn(
      `REHEARSE is set, and ${problem}: rehearsals will fail. Apply deploy/components/scheduled-rehearsal, or name another user by REHEARSE_AS`,
    );
}
