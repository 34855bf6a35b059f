/** Which backup is "the latest", where the newest lacks something, without I/O. */

/** A backup that can be read. */
export interface LatestCandidate {
  name: string;
  time: Date;
  /** The lineage of the cluster that made it. */
  lineage: string;
  /** Resources that could not be read when it was taken. */
  missing: readonly string[];
  /** Resources that it holds, or that had no objects. */
  resources: readonly string[];
  /** The namespaces that it was asked for, as a text that is equal for equal ones; empty for all of them. */
  scope: string;
}

/** How many intervals older a backup may be that goes before the newest. */
const INTERVALS = 2;

/** The longest distance of two backups that may pass for an interval, in milliseconds: a day. */
const LONGEST_DISTANCE = 86_400_000;

/**
 * From when on a backup may go before the newest.
 *
 * @param interval milliseconds from one backup to the next as the newest's manifest says; undefined where it says none.
 * @param previous the time of the backup before the newest, by whose distance the interval goes then: a day at the most, since
 * who takes backups by hand, months apart, wants none of months ago for the latest.
 */
export function startOfChoice(
  newest: Date,
  { interval, previous }: { interval: number | undefined; previous: Date | undefined },
): Date {
  const between = newest.getTime() - (previous ?? newest).getTime();
  const distance = interval ?? Math.min(between, LONGEST_DISTANCE);
  return new Date(newest.getTime() - INTERVALS * distance);
}

/**
 * Chooses the latest backup: the newest, unless an older one of the same lineage lacks less. One that lacks something else
 * than the newest does not go before it, and what both lack tells them not apart. Neither does one that lacks less because
 * it was asked for less: one namespace, or a few kinds.
 *
 * @param older those that may go before the newest, in any order.
 */
export function chooseLatest<Candidate extends LatestCandidate>(
  newest: Candidate,
  older: readonly Candidate[],
): Candidate {
  let best = newest;
  for (const each of older.toSorted((a, b) => b.time.getTime() - a.time.getTime())) {
    if (each.lineage === newest.lineage && each.scope === newest.scope && lacksLess(each, best)) best = each;
  }
  return best;
}

function lacksLess(one: LatestCandidate, other: LatestCandidate): boolean {
  // What no API server served then is named as it was asked for, without its group perhaps.
  const asked = [...one.resources, ...one.missing];
  const isAsked = (name: string) => asked.some((each) => each === name || each.startsWith(`${name}.`));
  return (
    one.missing.length < other.missing.length &&
    one.missing.every((resource) => other.missing.includes(resource)) &&
    [...other.resources, ...other.missing].every(isAsked)
  );
}
