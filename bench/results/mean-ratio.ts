/** Quantiles of Student's t-distribution for 95 % intervals, by degrees of freedom from 1 on. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
];
const T_95_LIMIT = 1.96;

/** A mean ratio and its 95 % interval. */
export interface MeanRatio {
  mean: number;
  low: number;
  high: number;
}

/**
 * The geometric mean of the ratios of pairs, the second value to the first, with the interval that a paired t-test on
 * their logarithms gives. With one pair the interval is unbounded.
 */
export function meanRatio(pairs: readonly (readonly [number, number])[]): MeanRatio {
  const logs = pairs.map(([before, after]) => Math.log(after / before));
  const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
  const freedom = logs.length - 1;
  const variance = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / freedom;
  const error =
    freedom > 0 ? (T_95[freedom - 1] ?? T_95_LIMIT) * Math.sqrt(variance / logs.length) : Infinity;
  return { mean: Math.exp(mean), low: Math.exp(mean - error), high: Math.exp(mean + error) };
}
