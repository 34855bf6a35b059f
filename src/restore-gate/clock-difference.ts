import { OperatorError } from "../errors.ts";
import { formatDuration } from "../terminal/duration.ts";
import { CLOCK_ALLOWANCE } from "./decide.ts";

/** From which difference on people are warned, in milliseconds: signatures, ages and names go by the clock. */
const WORTH_A_WARNING = 60_000;

/** What to do about a clock that is wrong. */
const ADVICE = "Set the clock of this machine, for example by NTP";

/**
 * Why the gate must not decide by this machine's clock: it would take a stale backup for a fresh one, or a fresh one for
 * one from the future. Undefined where the clocks agree well enough, or where nobody has told another time.
 *
 * @param skew by how many milliseconds the store's clock is ahead of this machine's.
 */
export function refuseClock(skew: number | undefined): OperatorError | undefined {
  if (skew === undefined || Math.abs(skew) <= CLOCK_ALLOWANCE) return undefined;
  return new OperatorError(
    `Cannot decide whether to restore: the ${difference(skew)}, and ages go by the clock`,
    {
      advice: ADVICE,
    },
  );
}

/** A warning for people; undefined where none is due. */
export function describeSkew(skew: number | undefined): string | undefined {
  if (skew === undefined || Math.abs(skew) <= WORTH_A_WARNING) return undefined;
  const gate =
    Math.abs(skew) > CLOCK_ALLOWANCE
      ? "the restore gate refuses to decide by it"
      : `from ${CLOCK_ALLOWANCE / 60_000} minutes on, the restore gate refuses to decide by it`;
  return `The ${difference(skew)}: backups get wrong names, and ${gate}. ${ADVICE}`;
}

function difference(skew: number): string {
  const direction = skew > 0 ? "behind" : "ahead of";
  return `clock of this machine is ${formatDuration(Math.abs(skew))} ${direction} the store's`;
}
