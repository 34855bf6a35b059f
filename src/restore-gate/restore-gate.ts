import type { Archive } from "../archive/reader.ts";
import { type OpenBackup, openBackup, openNewestBackup } from "../catalog/open-backup.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import type { Health } from "../health/health.ts";
import { objectTitle } from "../kubernetes/resource.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { OUTCOMES, type RestoredItem, type RestoreReport } from "../restore/report/report.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { shellCommand } from "../words/shell-command.ts";
import { refuseClock } from "./clock-difference.ts";
import { CLOCK_ALLOWANCE, decide, type GateDecision, type GateFacts } from "./decide.ts";
import { readSettledFlag, writeFlag } from "./restore-flag.ts";
import {
  deleteRestoreRecord,
  type FoundRecord,
  RECORD,
  readRestoreRecord,
  writeRestoreRecord,
} from "./restore-record.ts";

/** What the restore gate needs. */
export interface GateOptions {
  client: ApiClient;
  store: Store;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
  now: () => Date;
  log: Log;
  /** Told of the progress of the check of a backup: a large backup takes longer than a probe waits. */
  health?: Pick<Health, "progress"> | undefined;
  /** Restores an archive. */
  restore: (archive: Archive, options: GateRestore, signal: AbortSignal) => Promise<RestoreReport>;
}

/** What a restore of the gate is told. */
interface GateRestore {
  /** Whether a run of this restore before this one was interrupted. */
  resumed: boolean;
  /** When that run began, in the time of the API server. */
  begun: Date | undefined;
}

/**
 * The restore gate: restores into a cluster that has no restore flag, and into no other.
 *
 * @throws {OperatorError} where the program must not go on: a stale backup, an unreadable store, failed objects.
 */
export async function passGate(options: GateOptions, signal: AbortSignal): Promise<GateDecision> {
  const { client, store, log, now } = options;
  const { record, ...facts } = await gatherFacts(options, signal);
  const decision = decide(facts);
  switch (decision.action) {
    case "none":
      // A record beside the flag is of a restore that was killed after the flag was written, and before the record was deleted.
      if ((await readRestoreRecord(client, signal)) !== undefined) await deleteRestoreRecord(client, signal);
      log.info(`No restore: the namespace ${FLAG_NAMESPACE} exists`);
      break;
    case "write flag":
      // Without the flag, the first restart would restore over a cluster that has changed meanwhile.
      await writeFlag(client, { reason: "nothing to restore", store: store.url, time: now() }, signal);
      log.info(
        `Nothing to restore: ${store.url} holds no backups; the namespace ${FLAG_NAMESPACE} is written`,
      );
      break;
    case "restore":
    case "resume":
      await restoreAndFlag(options, { ...decision, begun: record?.stored }, signal);
      break;
    case "error":
      throw refusal(options, facts, decision.because);
  }
  return decision;
}

async function gatherFacts(
  { client, store, log, maxRestoreAge, now }: GateOptions,
  signal: AbortSignal,
): Promise<GateFacts & { record: FoundRecord | undefined }> {
  const flag = await readSettledFlag(client, { log }, signal);
  // With the flag there is nothing to decide, and the store need not be reachable.
  const record = flag ? undefined : await readRestoreRecord(client, signal);
  const begun = record?.backup;
  const newest = flag || begun !== undefined ? undefined : await store.newest({}, signal);
  const wrongClock = flag || begun !== undefined ? undefined : refuseClock(store.clockSkew());
  if (wrongClock !== undefined) throw wrongClock;
  const olderFormat =
    !flag && begun === undefined && newest === undefined && (await store.holdsOlderFormat(signal));
  return { flag, begun, record, newest, olderFormat, now: now(), maxRestoreAge };
}

async function restoreAndFlag(
  options: GateOptions,
  decision: GateDecision & { action: "restore" | "resume" } & Pick<GateRestore, "begun">,
  signal: AbortSignal,
): Promise<void> {
  const { client, store, now, log } = options;
  const resumed = decision.action === "resume";
  const { name, archive, close } = resumed
    ? await openRecorded(options, decision.backup, signal)
    : await openNewestBackup(
        {
          store,
          log,
          from: new Date(now().getTime() - options.maxRestoreAge),
          onProgress: () => options.health?.progress(),
        },
        signal,
      );
  try {
    // The record is written before the log says so: from then on, a restart resumes the restore of this backup.
    if (!resumed)
      await writeRestoreRecord(
        client,
        { backup: name, store: store.url, begun: now().toISOString() },
        signal,
      );
    log.info(
      { backup: name, store: store.url, cluster: client.server },
      resumed ? "Going on with the restore" : "Restoring",
    );
    const report = await options.restore(archive, { resumed, begun: decision.begun }, signal);
    log.info({ backup: name, kinds: report.byKind(), notes: report.notes }, "Restore ended");
    logSkipped(log, report);
    const { failures, refused } = sortFailures(report);
    for (const { kind, namespace, name: object, reason } of refused)
      log.warn(
        { kind, namespace, object, reason },
        "A policy of this cluster refuses a Pod without a controller",
      );
    if (failures.length > 0) throw failedRestore(options, name, { report, failures });
    const objects = OUTCOMES.reduce((sum, outcome) => sum + report.total(outcome), 0);
    await writeFlag(
      client,
      { reason: "restored", backup: name, store: store.url, time: now(), objects },
      signal,
    );
    await deleteRestoreRecord(client, signal);
    log.info(`Restored ${name}; the namespace ${FLAG_NAMESPACE} is written`);
  } finally {
    await close();
  }
}

async function openRecorded(
  { store, health }: GateOptions,
  name: string,
  signal: AbortSignal,
): Promise<OpenBackup> {
  try {
    return await openBackup(store, name, signal, {
      check: "every byte",
      onProgress: () => health?.progress(),
    });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(
      `Cannot go on with the restore of ${name} that was begun in this cluster: ${error.message}`,
      {
        cause: error,
        advice: `To decide anew which backup is restored: kubectl --namespace ${RECORD.namespace} delete configmap ${RECORD.name}`,
      },
    );
  }
}

/** A Pod that no controller made and that a policy refuses by now must not keep the rest from running for ever. */
function sortFailures({ failures }: RestoreReport): { failures: RestoredItem[]; refused: RestoredItem[] } {
  return {
    failures: failures.filter(({ policy }) => policy !== true),
    refused: failures.filter(({ policy }) => policy === true),
  };
}

/** Names what exists and differs: nobody is asked what becomes of it. */
function logSkipped(log: Log, report: RestoreReport): void {
  const total = report.total("skipped");
  if (total === 0) return;
  const objects = report.skipped.map((item) => objectTitle(report.kindOf(item), item)).sort();
  log.warn(
    { objects, ...(total > objects.length ? { more: total - objects.length } : {}) },
    "Objects that exist and differ from the backup are left as they are: kube-backup restore --existing update writes them over",
  );
}

/** Logs every failure; the error names the first few, and both ways out. */
function failedRestore(
  { log }: GateOptions,
  name: string,
  { report, failures }: { report: RestoreReport; failures: readonly RestoredItem[] },
): OperatorError {
  for (const failure of failures) {
    const { namespace, name: object, reason } = failure;
    log.error({ kind: report.kindOf(failure), namespace, object, reason }, "Cannot restore an object");
  }
  const first = failures
    .slice(0, 3)
    .map((failure) => `${objectTitle(report.kindOf(failure), failure)}: ${failure.reason}`);
  const count = failures.length;
  return new OperatorError(
    `Cannot restore ${name} wholly: ${count} ${count === 1 ? "object" : "objects"} failed: ${first.join("; ")}`,
    {
      advice:
        "Mend what is in the way and the restore goes on with the same backup; to accept things as they are: " +
        `kubectl create namespace ${FLAG_NAMESPACE}`,
    },
  );
}

function refusal(
  { store, maxRestoreAge }: GateOptions,
  { newest, now }: GateFacts,
  because: (GateDecision & { action: "error" })["because"],
): OperatorError {
  const accept = `To start without a restore: kubectl create namespace ${FLAG_NAMESPACE}`;
  switch (because) {
    case "older format":
      return new OperatorError(
        `Cannot restore: ${store.url} holds only backups of the older script (backup_*.tgz), which this program cannot read`,
        { advice: `Restore those with the older script. ${accept}` },
      );
    case "future":
      return new OperatorError(
        `Cannot restore: the newest backup ${newest?.name} is from the future, more than ${CLOCK_ALLOWANCE / 60_000} minutes ahead of this clock (${now.toISOString()})`,
        { advice: `Set the clock right, or remove that backup. ${accept}` },
      );
    case "stale": {
      const age = Math.floor((now.getTime() - (newest?.time.getTime() ?? 0)) / 60_000);
      return new OperatorError(
        `Cannot restore: the newest backup ${newest?.name} is ${age} minutes old, and MAXRESTOREAGE is ${maxRestoreAge / 60_000} minutes`,
        {
          advice: `Raise MAXRESTOREAGE to restore it all the same, or restore by hand: ${shellCommand`kube-backup restore ${newest?.name ?? "latest"}`}. ${accept}`,
        },
      );
    }
  }
}
