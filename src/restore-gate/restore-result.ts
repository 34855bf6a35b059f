/** What the log of the gate says of a restore: nobody is asked, so that all that matters is named. */

import { OperatorError } from "../errors.ts";
import { objectTitle } from "../kubernetes/resource.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import type { RestoredItem, RestoreReport } from "../restore/report/report.ts";
import type { Log } from "../terminal/log/log.ts";

/**
 * Logs what became of a restore.
 *
 * @throws {OperatorError} where objects failed.
 */
export function logResult(log: Log, name: string, report: RestoreReport): void {
  log.info({ backup: name, kinds: report.byKind(), notes: report.notes }, "Restore ended");
  logSkipped(log, report);
  const { failures, refused } = sortFailures(report);
  for (const { kind, namespace, name: object, reason } of refused)
    log.warn(
      { kind, namespace, object, reason },
      "A policy of this cluster refuses a Pod without a controller",
    );
  if (failures.length > 0) throw failedRestore(log, name, { report, failures });
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
  log: Log,
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
