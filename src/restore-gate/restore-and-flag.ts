import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { type OpenBackup, openBackup, openNewestBackup } from "../catalog/open-backup.ts";
import { OperatorError } from "../errors.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { OUTCOMES, type RestoreReport } from "../restore/report/report.ts";
import { eligibleMakers, type GateDecision, type GateFacts } from "./decide.ts";
import type { GateFindings, GateOptions, RestoreEnd } from "./gate-options.ts";
import { openNewestMoment, openRecordedMoment } from "./newest/open-newest.ts";
import type { RecordedMoment } from "./newest/recorded-moment.ts";
import { decideAnew } from "./refusal.ts";
import { readFlag, writeFlag } from "./restore-flag.ts";
import { deleteRestoreRecord, type FoundRecord, writeRestoreRecord } from "./restore-record.ts";
import { countFailures, logResult } from "./restore-result.ts";

type Restoring = GateDecision & { action: "restore" | "resume" };

/** Ends a restore when somebody has created the flag meanwhile. Not an error that anybody sees. */
class FlagAppeared extends Error {
  override name = "FlagAppeared";
}

/**
 * Restores what was decided, and writes the flag. All checks come before the record, and the record before the first
 * object: a restart repeats each check that concerns the archive, and takes from the record what the restore itself
 * changes in the cluster.
 */
export async function restoreAndFlag(
  options: GateOptions,
  { decision, findings }: { decision: Restoring; findings: GateFindings },
  signal: AbortSignal,
): Promise<RestoreEnd> {
  if (decision.because === "begun anew") warnOfBegun(options, findings);
  const opened = await open(options, { decision, findings }, signal);
  if ("kind" in opened) return opened;
  try {
    return await restoreOpened(options, { decision, findings, ...opened }, signal);
  } finally {
    await opened.opened.close();
  }
}

async function restoreOpened(
  options: GateOptions,
  { decision, findings, opened, moment }: { decision: Restoring; findings: GateFindings } & OpenedRestore,
  signal: AbortSignal,
): Promise<RestoreEnd> {
  const { client, store, now, log } = options;
  const { name, archive } = opened;
  const resumed = decision.action === "resume";
  const before = findings.record;
  const judged = await options.check(archive, before?.complete?.judged, signal);
  if ((await readFlag(client, signal)).state === "present") return { kind: "again" };
  // The record is written before the log says so: from then on, a restart resumes the restore of this backup.
  const record = resumed
    ? before
    : await writeRestoreRecord(
        client,
        {
          record: {
            backup: moment?.backup ?? name,
            moment,
            store: store.url,
            manifest: archive.manifestSha256,
            judged,
            begun: now().toISOString(),
            holder: options.identity,
          },
          namespace: options.programNamespace,
          before,
        },
        signal,
      );
  if (record === undefined) {
    log.info("Another kube-backup has begun a restore in this cluster: deciding anew");
    return { kind: "again" };
  }
  log.info(
    { backup: name, store: store.url, cluster: client.server },
    resumed ? "Going on with the restore" : "Restoring",
  );
  options.observer?.begins(name, { resumed });
  // What an interrupted run has left is of this restore, also where that was of another backup.
  const continues = before?.complete !== undefined;
  const beforeStage = async (signal: AbortSignal) => {
    if ((await readFlag(client, signal)).state === "present") throw new FlagAppeared();
  };
  const begun = now();
  let report: RestoreReport;
  try {
    const run = { resumed: continues, begun: continues ? before?.stored : undefined, beforeStage };
    report = await options.restore(archive, run, signal);
    const objects = OUTCOMES.reduce((sum, outcome) => sum + report.total(outcome), 0);
    options.observer?.tried(name, { objects, ...countFailures(report) });
    logResult(log, name, report);
    const { cluster } = archive.manifest;
    await writeFlag(
      client,
      { reason: "restored", backup: moment?.backup ?? name, cluster, store: store.url, time: now(), objects },
      signal,
    );
  } catch (error) {
    if (!(error instanceof FlagAppeared)) throw error;
    return await endAtFlag(options, { name, record }, signal);
  }
  await deleteRestoreRecord(client, record, signal);
  log.info(`Restored ${name}; the namespace ${FLAG_NAMESPACE} is written`);
  await options.onRestored?.({ archive, report, begun });
  return { kind: "done" };
}

/** Somebody has said that this cluster is done. */
async function endAtFlag(
  { client, log }: GateOptions,
  { name, record }: { name: string; record: FoundRecord },
  signal: AbortSignal,
): Promise<RestoreEnd> {
  await deleteRestoreRecord(client, record, signal);
  log.warn(
    { backup: name },
    `No restore: the namespace ${FLAG_NAMESPACE} was created while this backup was restored. What is back stays, and nothing more is restored`,
  );
  return { kind: "flag" };
}

/** What is restored: a backup, or a moment that starts from one. */
interface OpenedRestore {
  opened: OpenBackup;
  moment?: RecordedMoment;
}

/** Opens the backup or the moment, and checks every byte. */
async function open(
  options: GateOptions,
  { decision, findings }: { decision: Restoring; findings: GateFindings },
  signal: AbortSignal,
): Promise<OpenedRestore | (RestoreEnd & { kind: "unusable" })> {
  if (decision.action === "resume") return await openRecorded(options, findings, signal);
  return await openDecided(options, { moment: decision.moment, findings }, signal);
}

/**
 * Opens what the gate has decided to restore: the moment, or the newest backup that is whole.
 *
 * @throws {OperatorError} where there is none.
 */
export async function openDecided(
  {
    store,
    log,
    now,
    health,
    encryptedOnly,
    maxRestoreAge,
  }: Pick<GateOptions, "store" | "log" | "now" | "health" | "encryptedOnly" | "maxRestoreAge">,
  { moment, findings }: { moment: RecordedMoment | undefined; findings: Parameters<typeof gateChoice>[0] },
  signal: AbortSignal,
): Promise<OpenedRestore> {
  const onProgress = () => health?.progress();
  if (moment !== undefined) {
    const found = await openNewestMoment({ store, log, onProgress, moment }, signal);
    if (encryptedOnly !== true || found.opened.encrypted) return found;
    throw new OperatorError(
      `Cannot restore the newest moment: ${found.moment.backup}, or a segment of the change log after it, is not encrypted, and AGE_RECIPIENTS is set`,
      { advice: "To restore the newest backup instead, set RESTORE_TO to backup" },
    );
  }
  const from = new Date(now().getTime() - maxRestoreAge);
  return {
    opened: await openNewestBackup(
      { store, log, from, onProgress, encryptedOnly, ...gateChoice(findings) },
      signal,
    ),
  };
}

/** Which backups count for the gate: those of the cluster that is meant, and none of what it passes over. */
function gateChoice(facts: Pick<GateFacts, "newest" | "makers" | "restoreCluster">) {
  const ids = new Set(eligibleMakers(facts).flatMap((maker) => [...maker.ids]));
  return {
    until: facts.newest?.time,
    // Where none within MAXRESTOREAGE can be read, each is named as damaged.
    accepts: ({ cluster }: Pick<Manifest, "cluster">) => facts.makers.length === 0 || ids.has(cluster.id),
  };
}

/**
 * Opens what a begun restore is of.
 *
 * @throws {DamagedArchiveError} where the backup is damaged.
 * @throws {OperatorError} where it is not there any more, or the change log does not lead to the moment any more.
 */
export async function openBegun(
  { store, log, onProgress }: Pick<GateOptions, "store" | "log"> & { onProgress?: () => void },
  { backup, moment }: { backup: string; moment?: RecordedMoment | undefined },
  signal: AbortSignal,
): Promise<OpenedRestore> {
  if (moment !== undefined)
    return await openRecordedMoment({ store, log, onProgress, moment, exactly: true }, signal);
  return { opened: await openBackup(store, backup, signal, { check: "every byte", onProgress }) };
}

/** Opens the backup or the moment of a begun restore, where that is still what it was. */
async function openRecorded(
  { store, programNamespace, health, log, encryptedOnly }: GateOptions,
  { record }: GateFindings,
  signal: AbortSignal,
): Promise<OpenedRestore | (RestoreEnd & { kind: "unusable" })> {
  const { backup = "", manifest, moment } = record?.complete ?? {};
  const onProgress = () => health?.progress();
  try {
    const found = await openBegun({ store, log, onProgress }, { backup, moment }, signal);
    const isSame = found.opened.archive.manifestSha256 === manifest;
    if (isSame && (encryptedOnly !== true || found.opened.encrypted)) return found;
    await found.opened.close();
    return { kind: "unusable", state: isSame ? "plain" : "replaced" };
  } catch (error) {
    if (error instanceof DamagedArchiveError) {
      log.error({ backup, err: error }, "The backup whose restore was begun in this cluster is damaged");
      return { kind: "unusable", state: "damaged" };
    }
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(
      `Cannot go on with the restore of ${backup} that was begun in this cluster: ${error.message}`,
      { cause: error, advice: `To decide anew which backup is restored: ${decideAnew(programNamespace)}` },
    );
  }
}

/** Says loudly that two backups meet in this cluster. */
function warnOfBegun({ log, store }: GateOptions, { begun, record }: GateFindings): void {
  if (begun === undefined) return;
  const { backup, begun: since } = record ?? { backup: "", begun: "" };
  if (!begun.complete) {
    log.warn(
      { backup, begun: since },
      "The record of a begun restore does not say what the gate decided by: deciding anew, as if there were none",
    );
    return;
  }
  const why = {
    there: "",
    gone: `is not in ${store.url} any more`,
    damaged: "is damaged",
    replaced: "is not the archive any more that it was then",
    plain: "is not encrypted",
  }[begun.state];
  log.warn(
    { backup, begun: since },
    `The backup whose restore was begun in this cluster ${why}: restoring the newest that is whole over it. What only the begun one held stays`,
  );
}
