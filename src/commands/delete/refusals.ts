/** Why `kube-backup delete` deletes nothing, without I/O. All or nothing: who names several may have meant another one by one of them. */

import { OperatorError } from "../../errors.ts";
import { TwoFormsError } from "../../store/contract/two-forms-error.ts";
import type { NamedDeletion, Outcome } from "./deleted-backups.ts";

/** Why nothing is deleted, and what that makes of each backup. */
export interface Refusal {
  error: OperatorError;
  outcomeOf: (deletion: NamedDeletion) => Outcome;
}

/** For a backup that the store shows in both forms: nothing removes either, forced or not. */
export function refuseTwofold(
  deletions: readonly NamedDeletion[],
  { url }: { url: string },
): Refusal | undefined {
  const errors = deletions.flatMap((deletion) => {
    const { name, form, deleted } = deletion.backup;
    // What is hidden behind delete markers nobody reads for what it is not.
    if (form !== "both" || deleted !== undefined) return [];
    return [[deletion, new TwoFormsError(`Cannot remove ${name} from ${url}`, name)] as const];
  });
  const [first] = errors;
  if (first === undefined) return undefined;
  const byDeletion = new Map(errors);
  return {
    error: first[1],
    outcomeOf: (deletion) => outcomeBy(byDeletion.get(deletion)?.reason),
  };
}

/** For backups that a guard speaks against. */
export function refuseObjected(deletions: readonly NamedDeletion[]): Refusal | undefined {
  const objected = deletions.filter(({ objections }) => objections.length > 0);
  if (objected.length === 0) return undefined;
  const reasons = objected.map(({ backup, objections }) => `${backup.name}: ${objections.join("; ")}`);
  return {
    error: new OperatorError(`Cannot delete ${reasons.join("; and ")}; nothing is deleted`, {
      advice: "Take a newer backup first, or leave it out; --force deletes it all the same",
    }),
    outcomeOf: ({ objections }) => outcomeBy(objections.length > 0 ? objections.join("; ") : undefined),
  };
}

function outcomeBy(reason: string | undefined): Outcome {
  return reason === undefined ? { outcome: "untouched" } : { outcome: "refused", reason };
}
