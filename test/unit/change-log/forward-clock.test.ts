import assert from "node:assert/strict";
import { test } from "node:test";
import { ForwardClock } from "../../../src/change-log/recording/forward-clock.ts";

test("a clock stands still while another one catches up, and ends the timeline after a large step back", () => {
  let time = 100_000;
  const clock = new ForwardClock(() => new Date(time));
  const cases: [at: number, told: number | RegExp][] = [
    [100_000, 100_000],
    [101_000, 101_000],
    [97_000, 101_000],
    [96_000, 101_000],
    [101_001, 101_001],
    [96_000, /the clock of this machine was set back/],
    [101_002, 101_002],
  ];
  for (const [at, told] of cases) {
    time = at;
    if (typeof told === "number") assert.equal(clock.now().getTime(), told);
    else assert.throws(() => clock.now(), told);
  }
});
