import { OperatorError, PartialError } from "../../errors.ts";
import {
  lackingObjects,
  remedyForUnmet,
  type UnmetReference,
} from "../../restore/report/unmet-references.ts";
import { amount } from "../../words/amount.ts";
import type { Result } from "./tally.ts";

/** What the end of a restore depends on. */
export interface RestoreEnd {
  backup: string;
  dryRun: boolean;
  /** Number of objects by result. */
  summary: Readonly<Record<Result, number>>;
  /** Number of objects that another client created, unlike the backup's, while the restore ran. */
  overtaken: number;
  /** What to do about the failures, where more is known than that something is in the way. */
  remedy?: string | undefined;
  /** What restored objects name that is not there. */
  unmet: readonly UnmetReference[];
  /** How many workloads were waited for and are not ready; none where nobody waited. */
  notReady?: number | undefined;
}

/**
 * The error with which a restore ends; undefined where all is well. A restore that has done nothing but fail is not
 * "done in part".
 */
export function restoreEnding(end: RestoreEnd): OperatorError | undefined {
  return failedEnding(end) ?? overtakenEnding(end) ?? unmetEnding(end) ?? notReadyEnding(end);
}

function notReadyEnding({ backup, notReady = 0 }: RestoreEnd): OperatorError | undefined {
  if (notReady === 0) return undefined;
  const workloads = `${amount(notReady, "workload")} ${notReady === 1 ? "is" : "are"}`;
  return new PartialError(`Not all of ${backup} is ready: ${workloads} not`, {
    advice: "All of it is restored; kubectl describe and kubectl get events say what they wait for",
  });
}

function failedEnding({
  backup,
  dryRun,
  summary,
  remedy = "Mend what is in the way",
}: RestoreEnd): OperatorError | undefined {
  const { failed } = summary;
  if (failed === 0) return undefined;
  const total = Object.values(summary).reduce((sum, count) => sum + count, 0);
  const fail = dryRun ? "would fail" : "failed";
  const advice = dryRun
    ? `${remedy} before the restore`
    : `${remedy}, and run the same command again: what is back is left as it is`;
  if (failed < total) {
    return new PartialError(
      `Cannot restore ${backup} wholly: ${failed} of ${amount(total, "object")} ${fail}`,
      {
        advice,
      },
    );
  }
  const all = total === 1 ? `the only object ${fail}` : `all ${total} objects ${fail}`;
  return new OperatorError(`Cannot restore ${backup}: ${all}`, { advice });
}

function overtakenEnding({ backup, overtaken }: RestoreEnd): OperatorError | undefined {
  if (overtaken === 0) return undefined;
  const objects = `${amount(overtaken, "object")} ${overtaken === 1 ? "is" : "are"}`;
  return new PartialError(
    `Cannot restore ${backup} wholly: ${objects} as another client created them while the restore ran`,
    { advice: "Restore again with --existing update, and they are as in the backup" },
  );
}

/** Objects that are back and cannot do what they are for. */
function unmetEnding({ backup, dryRun, unmet }: RestoreEnd): OperatorError | undefined {
  const lacking = lackingObjects(unmet);
  if (lacking === 0) return undefined;
  const objects = amount(lacking, "object");
  const lack = dryRun ? "would lack" : lacking === 1 ? "lacks" : "lack";
  return new PartialError(
    `Not all of ${backup} ${dryRun ? "could work" : "works"}: ${objects} ${lack} what ${lacking === 1 ? "it names" : "they name"}`,
    { advice: remedyForUnmet(unmet) },
  );
}
