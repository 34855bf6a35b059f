import { describeNoBackups } from "../catalog/no-backups.ts";
import { type BegunState, decide, type GateDecision } from "./decide.ts";
import type { GateFindings, GateOptions, RestoreEnd } from "./gate-options.ts";
import { gatherFacts, type LookOptions } from "./gather-facts.ts";
import { logNoRestore, logNothingToRestore, tellOfNoMoment, warnOfPassedOver } from "./no-restore.ts";
import { refusal } from "./refusal.ts";
import { restoreAndFlag } from "./restore-and-flag.ts";
import { writeFlag } from "./restore-flag.ts";
import { deleteRestoreRecord, readRestoreRecord } from "./restore-record.ts";

/**
 * The restore gate: restores into a cluster that has no restore flag, and into no other.
 *
 * @throws {OperatorError} where the program must not go on: a stale backup, an unreadable store, failed objects.
 */
export async function passGate(
  given: Omit<GateOptions, "known">,
  signal: AbortSignal,
): Promise<GateDecision> {
  const options = { ...given, known: new Map() };
  const decision = decide(await gatherFacts(options, undefined, signal));
  if (decision.action !== "restore" && decision.action !== "resume")
    return await decideAndAct(options, signal);
  // What was read before may not hold any more when nobody else restores.
  return await options.alone((signal) => decideAndAct(options, signal), signal);
}

/** What the gate would do now. Writes nothing, and does not wait for a restore that is under way. */
export async function previewGate(
  options: LookOptions,
  signal: AbortSignal,
): Promise<{ decision: GateDecision; findings: GateFindings }> {
  const findings = await gatherFacts(options, undefined, signal);
  return { decision: decide(findings), findings };
}

async function decideAndAct(options: GateOptions, signal: AbortSignal): Promise<GateDecision> {
  let state: BegunState | undefined;
  for (;;) {
    const findings = await gatherFacts(options, state, signal);
    const decision = decide(findings);
    options.observer?.decided(decision);
    const end = await act(options, { decision, findings }, signal);
    if (end.kind === "done") return decision;
    if (end.kind === "flag") return { action: "none", because: "flag" };
    state = end.kind === "unusable" ? end.state : undefined;
  }
}

async function act(
  options: GateOptions,
  { decision, findings }: { decision: GateDecision; findings: GateFindings },
  signal: AbortSignal,
): Promise<RestoreEnd> {
  const { client, store, programNamespace, now } = options;
  warnOfPassedOver(options, findings);
  switch (decision.action) {
    case "none":
      await endBegunRestore(options, signal);
      logNoRestore(options, findings);
      return { kind: "done" };
    case "write flag": {
      const none = await describeNoBackups(store, signal);
      // Without the flag, the first restart would restore over a cluster that has changed meanwhile.
      await writeFlag(client, { reason: "nothing to restore", store: store.url, time: now() }, signal);
      logNothingToRestore(options, none);
      return { kind: "done" };
    }
    case "restore":
      tellOfNoMoment(options, findings);
      return await restoreAndFlag(options, { decision, findings }, signal);
    case "resume":
      return await restoreAndFlag(options, { decision, findings }, signal);
    case "error": {
      const { because } = decision;
      const none =
        because === "backup expected" ? (await describeNoBackups(store, signal)).message : undefined;
      throw refusal(findings, { store, programNamespace, record: findings.record, none }, because);
    }
  }
}

/** A record beside the flag is of a restore that was killed after the flag was written, and before the record was deleted. */
async function endBegunRestore(
  { client, programNamespace }: GateOptions,
  signal: AbortSignal,
): Promise<void> {
  const record = await readRestoreRecord(client, programNamespace, signal);
  if (record !== undefined) await deleteRestoreRecord(client, record, signal);
}
