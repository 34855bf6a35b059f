import assert from "node:assert/strict";
import { test } from "node:test";
import { meanRatio } from "../../../bench/results/mean-ratio.ts";

const PAIRS = [
  {
    title: "equal pairs",
    pairs: [
      [2, 2],
      [3, 3],
      [5, 5],
    ],
    mean: 1,
    low: 1,
    high: 1,
  },
  {
    title: "twice as much each time",
    pairs: [
      [1, 2],
      [10, 20],
    ],
    mean: 2,
    low: 2,
    high: 2,
  },
  // The logarithms are ±ln 2: mean 0, standard error ln 2, and 12.706 standard errors each way.
  {
    title: "two pairs apart",
    pairs: [
      [1, 2],
      [2, 1],
    ],
    mean: 1,
    low: 2 ** -12.706,
    high: 2 ** 12.706,
  },
  { title: "one pair", pairs: [[1, 3]], mean: 3, low: 0, high: Number.POSITIVE_INFINITY },
] as const;

for (const { title, pairs, mean, low, high } of PAIRS) {
  test(`the ratio of ${title}`, () => {
    const found = meanRatio(pairs);
    for (const [name, expected] of Object.entries({ mean, low, high })) {
      const value = found[name as keyof typeof found];
      const isNear = value === expected || Math.abs(value / expected - 1) < 1e-9;
      assert.ok(isNear, `${name} is ${value}, not ${expected}`);
    }
  });
}
