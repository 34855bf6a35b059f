import { OperatorError, PartialError } from "../../errors.ts";
import { amount } from "../../words/amount.ts";

/** @throws {OperatorError} when none of the backups could be removed; {@link PartialError} when some could not. Each failure was reported before. */
export function throwRemovalFailures(ended: readonly (OperatorError | undefined)[], count: number): void {
  const failures = ended.filter((error) => error !== undefined);
  if (failures.length === 0) return;
  const advice = failures[0]?.advice;
  const options = advice === undefined ? {} : { advice };
  if (failures.length === count)
    throw new OperatorError(`Cannot remove any of ${amount(count, "backup")}`, options);
  throw new PartialError(`Cannot remove ${failures.length} of ${amount(count, "backup")}`, options);
}
