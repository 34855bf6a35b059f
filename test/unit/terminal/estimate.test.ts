import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Estimate } from "../../../src/terminal/progress/estimate.ts";

/** Works for some seconds at a rate per second, and returns the estimates of each second. */
function run(total: number, ...phases: [seconds: number, rate: number][]): (number | undefined)[] {
  const estimate = new Estimate(0);
  const lefts: (number | undefined)[] = [];
  let [time, done] = [0, 0];
  for (const [seconds, rate] of phases) {
    for (let tick = 0; tick < seconds * 4; tick += 1) {
      time += 250;
      done += rate / 4;
      estimate.add(time, done);
      if (time % 1000 === 0) {
        const left = estimate.left(time, { done, total });
        lefts.push(left === undefined ? undefined : Math.round(left / 1000));
      }
    }
  }
  return lefts;
}

describe("the estimate of the time left", () => {
  it("is not there at first", () => assert.deepEqual(run(1000, [5, 100]), [undefined, undefined, 7, 6, 5]));

  it("waits until some of the work is done, or half a minute has passed", () => {
    assert.deepEqual(run(10_000, [6, 100]).slice(3), [undefined, 95, 94]);
    assert.equal(run(100_000, [29, 100]).at(-1), undefined);
    assert.equal(run(100_000, [31, 100]).at(-1), 969);
  });

  it("of a slow beginning does not make hours", () => {
    // 15 s of work: 3 s at 10 a second, and then 120 a second.
    const lefts = run(1470, [3, 10], [12, 120]).filter((left) => left !== undefined);
    assert.ok(Math.max(...lefts) <= 40, lefts.join());
    assert.equal(lefts.at(-1), 0);
  });

  it("of a pace that halves follows within a minute, without a jump", () => {
    const lefts = run(12_000, [60, 100], [60, 50]);
    assert.equal(lefts[59], 60);
    for (let second = 60; second < 120; second += 1) {
      const [before = 0, now = 0] = [lefts[second - 1], lefts[second]];
      assert.ok(Math.abs(now - before) <= 5, `${before} to ${now} after ${second} s`);
    }
  });

  it("is not there while the work stands still, and comes back with it", () => {
    const lefts = run(1000, [8, 100], [120, 0], [1, 100]);
    assert.deepEqual(lefts.slice(7, 14), [2, 2, 3, 3, 3, undefined, undefined]);
    assert.equal(lefts[126], undefined);
    // What is left is a tenth of the work, and no hours of it.
    assert.ok((lefts[128] ?? Infinity) < 30, String(lefts[128]));
  });

  it("is not there without a total", () => {
    const estimate = new Estimate(0);
    for (let time = 0; time <= 10_000; time += 250) estimate.add(time, time);
    assert.equal(estimate.left(10_000, { done: 10_000, total: undefined }), undefined);
    assert.equal(estimate.left(10_000, { done: 0, total: 0 }), undefined);
  });
});
