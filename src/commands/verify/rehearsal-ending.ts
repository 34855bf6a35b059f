import { OperatorError, PartialError } from "../../errors.ts";
import {
  lackingObjects,
  remedyForUnmet,
  type UnmetReference,
} from "../../restore/report/unmet-references.ts";
import { amount } from "../../words/amount.ts";

/** What the end of a rehearsal depends on. */
export interface RehearsalEnd {
  backup: string;
  /** Number of all objects, and of those that would fail. */
  objects: number;
  refused: number;
  /** Number of objects that could not be asked about and that a restore might not bring back. */
  missed: number;
  /** What objects name that neither the backup nor this cluster has. */
  unmet: readonly UnmetReference[];
}

/** The error with which a rehearsal ends; undefined where a restore would be whole, and all of it could work. */
export function rehearsalEnding(end: RehearsalEnd): OperatorError | undefined {
  const { backup, objects, refused, missed, unmet } = end;
  if (refused === objects && objects > 0)
    return new OperatorError(`${backup} could not be restored today: all ${objects} objects would fail`);
  if (refused + missed > 0) {
    return new PartialError(
      `${backup} could not be restored wholly today: of ${amount(objects, "object")}, ${refused} would fail and ${missed} could not be asked about`,
    );
  }
  const lacking = lackingObjects(unmet);
  if (lacking === 0) return undefined;
  return new PartialError(
    `${backup} could be restored wholly today, and ${lacking} of ${amount(objects, "object")} would lack what they name`,
    { advice: remedyForUnmet(unmet) },
  );
}
