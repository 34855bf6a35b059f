import { OperatorError, PartialError } from "../../errors.ts";

/** What was to be removed. */
export interface Removals {
  /** The ends of the removals: undefined, or an error that is a failure. */
  ended: readonly (OperatorError | undefined)[];
  /** How many were to be removed, in words: `3 backups`. */
  amount: string;
  count: number;
}

/** @throws {OperatorError} when nothing could be removed; {@link PartialError} when some could not. Each failure was reported before. */
export function throwRemovalFailures(...removals: readonly Removals[]): void {
  const failed = removals.map(({ ended, amount, count }) => {
    const errors = ended.filter((error) => error !== undefined);
    return { errors, what: `${errors.length === count ? "any" : errors.length} of ${amount}` };
  });
  const some = failed.filter(({ errors }) => errors.length > 0);
  const errors = some.flatMap((each) => each.errors);
  if (errors.length === 0) return;
  const advice = errors[0]?.advice;
  const options = advice === undefined ? {} : { advice };
  const message = `Cannot remove ${some.map(({ what }) => what).join(" and ")}`;
  const total = removals.reduce((sum, { count }) => sum + count, 0);
  if (errors.length === total) throw new OperatorError(message, options);
  throw new PartialError(message, options);
}
