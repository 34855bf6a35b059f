/** A median with its spread. */
export interface Summary {
  median: number;
  least: number;
  most: number;
}

/** Summarizes measurements of one subject. Undefined without measurements. */
export function summarize(values: readonly number[]): Summary | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)];
  const low = sorted[Math.ceil(middle) - 1];
  const least = sorted[0];
  const most = sorted.at(-1);
  if (high === undefined || low === undefined || least === undefined || most === undefined) return undefined;
  return { median: (low + high) / 2, least, most };
}

/** Ratios of two alternating subjects, round by round: a temporary disturbance of the machine affects both. */
export function ratios(above: readonly number[], below: readonly number[]): number[] {
  const rounds = Math.min(above.length, below.length);
  return Array.from(
    { length: rounds },
    (_, round) => (above[round] ?? Number.NaN) / (below[round] ?? Number.NaN),
  );
}
