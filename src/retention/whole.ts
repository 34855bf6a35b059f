/** Which backups are whole, without I/O: a backup of a part takes the place of no whole one. */

import type { Judgment } from "./judgment.ts";

type Valid = Judgment & { state: "valid" };

/**
 * Whether a backup is whole: nothing could not be read, all namespaces were asked for, and as many kinds as in the others
 * of its lineage. Only one that a person took is held to what others were asked for. What a loop is asked for is what its
 * settings say today.
 *
 * @param others the backups of the same lineage.
 */
export function isWhole(one: Valid, others: readonly Valid[]): boolean {
  if (one.incomplete === true) return false;
  if (one.byHand !== true || one.kinds === undefined) return true;
  const kinds = new Set(one.kinds);
  return !others.some((other) => other.incomplete !== true && hasMore(other.kinds ?? [], kinds));
}

/** Whether these are all of those kinds and more. */
function hasMore(these: readonly string[], those: ReadonlySet<string>): boolean {
  return these.length > those.size && these.filter((kind) => those.has(kind)).length === those.size;
}
