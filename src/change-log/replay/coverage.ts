/** What a change log leads to, without I/O. */

/** A time of which any moment can be read. */
export interface CoveredRange {
  timeline: string;
  /** The first eight digits of the uid of the cluster's kube-system. */
  cluster: string;
  from: Date;
  until: Date;
}

/** What a change log leads to. */
export interface Coverage {
  /** In the order in which the timelines began. */
  ranges: CoveredRange[];
  /** Number of earlier timelines, which nobody has looked at. */
  earlier: number;
}

/** The times between the ranges of one cluster that are not covered. */
export function gapsBetween(ranges: readonly CoveredRange[]): { from: Date; until: Date }[] {
  const gaps: { from: Date; until: Date }[] = [];
  let reached: Date | undefined;
  for (const { from, until } of ranges) {
    if (reached !== undefined && from > reached) gaps.push({ from: reached, until: from });
    if (reached === undefined || until > reached) reached = until;
  }
  return gaps;
}
