import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AdaptiveConcurrency,
  FIRST_SEARCH,
  nextSearch,
  type Search,
} from "../../../src/restore/concurrency/adaptive-concurrency.ts";

describe("what follows a window", () => {
  const raised: Search = { ...FIRST_SEARCH, step: "raised", limit: 48, before: 100 };
  const after: Search = { ...FIRST_SEARCH, step: "after", before: 100, raised: 130 };
  const rows: [title: string, search: Search, window: [rate: number, pushedBack: boolean], then: object][] = [
    ["a raise is tried", FIRST_SEARCH, [100, false], { step: "raised", limit: 48, proven: 32, before: 100 }],
    ["the raise is taken back to compare", raised, [130, false], { step: "after", limit: 32, raised: 130 }],
    ["a raise that was faster stays", after, [100, false], { step: "before", limit: 48, proven: 48 }],
    ["one that was not is given up", after, [120, false], { step: "rest", limit: 32, proven: 32, rest: 8 }],
    [
      "and the next one waits longer",
      { ...after, nextRest: 8 },
      [125, false],
      { step: "rest", rest: 8, nextRest: 16 },
    ],
    ["rest goes on", { ...FIRST_SEARCH, step: "rest", rest: 3 }, [100, false], { step: "rest", rest: 2 }],
    ["rest ends", { ...FIRST_SEARCH, step: "rest", rest: 1 }, [100, false], { step: "before" }],
    [
      "64 are not raised",
      { ...FIRST_SEARCH, limit: 64, proven: 64 },
      [100, false],
      { step: "rest", limit: 64 },
    ],
    ["a push halves", FIRST_SEARCH, [100, true], { step: "rest", limit: 16, proven: 16, rest: 64 }],
    ["a push takes a raise back too", raised, [100, true], { step: "rest", limit: 16, proven: 16 }],
    [
      "one request is the least",
      { ...FIRST_SEARCH, limit: 1, proven: 1 },
      [100, true],
      { limit: 1, proven: 1 },
    ],
  ];
  for (const [title, search, [rate, pushedBack], then] of rows) {
    it(title, () => {
      const next = nextSearch(search, { rate, pushedBack });
      assert.deepEqual({ ...next, ...then }, next);
    });
  }
});

/** Requests that take turns at a server which works on so many at once, a tenth of a second each. */
function simulate(
  seconds: number,
  { width, pushesAbove = Number.POSITIVE_INFINITY }: { width: number; pushesAbove?: number },
): number[] {
  const traffic = { answers: 0, pushbacks: 0 };
  let time = 0;
  const inFlight = new AdaptiveConcurrency(traffic, () => time);
  const limits: number[] = [];
  for (; time < seconds * 1000; time += 100) {
    const { limit } = inFlight;
    limits.push(limit);
    traffic.answers += Math.min(limit, width);
    traffic.pushbacks += Math.max(0, limit - pushesAbove);
  }
  return limits;
}

describe("the number of requests in flight", () => {
  it("grows to what a wide server bears", () => {
    assert.equal(simulate(60, { width: 100 }).at(-1), 64);
  });

  it("mostly stays where more brings nothing", () => {
    const limits = simulate(300, { width: 32 });
    assert.ok(limits.filter((limit) => limit === 32).length > 0.9 * limits.length);
    assert.ok(Math.max(...limits) <= 48);
  });

  it("falls to what a server bears that pushes back", () => {
    const limits = simulate(60, { width: 8, pushesAbove: 3 });
    assert.ok(limits.slice(-100).every((limit) => limit <= 3));
  });

  it("is kept while nothing is sent", () => {
    let time = 0;
    const inFlight = new AdaptiveConcurrency({ answers: 0, pushbacks: 0 }, () => time);
    for (; time < 60_000; time += 100) assert.equal(inFlight.limit, 32);
  });
});
