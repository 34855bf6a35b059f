/** What the log of the gate says of a restore: nobody is asked, so that all that matters is named. */

import { OperatorError } from "../errors.ts";
import { objectTitle } from "../kubernetes/resource.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import {
  type FailureGroup,
  groupFailures,
  groupInWords,
  remedyOf,
} from "../restore/report/failure-groups.ts";
import { OUTCOMES, type RestoredItem, type RestoreReport } from "../restore/report/report.ts";
import { describeUnmet } from "../restore/report/unmet-references.ts";
import type { Log } from "../terminal/log/log.ts";
import { amount } from "../words/amount.ts";

/**
 * Logs what became of a restore.
 *
 * @throws {OperatorError} where objects failed.
 */
export function logResult(log: Log, name: string, report: RestoreReport): void {
  for (const note of report.notes) log.warn({ backup: name }, note);
  // The flag is written all the same: what is back is back, and a restore by hand brings the rest.
  for (const unmet of report.unmet) log.warn({ backup: name }, describeUnmet(unmet, { planned: false }));
  log.info({ backup: name, ...countsOf(report) }, "Restore ended");
  log.debug({ backup: name, kinds: report.byKind() }, "What was restored, by kind");
  logSkipped(log, report);
  const { failures, refused } = sortFailures(report);
  for (const { kind, namespace, name: object, reason } of refused)
    log.warn(
      { kind, namespace, object, reason },
      "A policy of this cluster refuses a Pod without a controller",
    );
  if (failures.length > 0) throw failedRestore(log, name, { report, failures });
}

/** Flat, for people and for queries of logs: `created=845 failed=2`. */
function countsOf(report: RestoreReport): Record<string, number> {
  const counts = OUTCOMES.map((outcome) => [outcome, report.total(outcome)] as const);
  return Object.fromEntries(counts.filter(([outcome, count]) => outcome === "created" || count > 0));
}

/** A Pod that no controller made and that a policy refuses by now must not keep the rest from running for ever. */
function sortFailures({ failures }: RestoreReport): { failures: RestoredItem[]; refused: RestoredItem[] } {
  return {
    failures: failures.filter(({ policy }) => policy !== true),
    refused: failures.filter(({ policy }) => policy === true),
  };
}

/** How many objects failed, and how many a policy refuses, which is no failure. */
export function countFailures(report: RestoreReport): { failed: number; refused: number } {
  const { failures, refused } = sortFailures(report);
  return { failed: failures.length, refused: refused.length };
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

/** Logs the failures by reason; the error names the first few, and both ways out. */
function failedRestore(
  log: Log,
  name: string,
  { report, failures }: { report: RestoreReport; failures: readonly RestoredItem[] },
): OperatorError {
  const groups = groupFailures(failures.map((item) => ({ ...item, kind: report.kindOf(item) })));
  for (const group of groups) logGroup(log, group);
  for (const { kind, namespace, name: object, reason } of failures)
    log.debug({ kind, namespace, object, reason }, "Cannot restore an object");
  const first = groups.slice(0, 3).map(groupInWords);
  return new OperatorError(
    `Cannot restore ${name} wholly: ${amount(failures.length, "object")} failed: ${first.join("; ")}`,
    {
      advice:
        `${remedyOf(groups) ?? "Mend what is in the way"}, and the restore goes on with the same backup; to accept things as they are: ` +
        `kubectl create namespace ${FLAG_NAMESPACE}`,
    },
  );
}

function logGroup(log: Log, group: FailureGroup): void {
  log.error({ kind: group.kind, count: group.names.length }, `Cannot restore ${groupInWords(group)}`);
}
