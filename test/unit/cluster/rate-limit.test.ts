import assert from "node:assert/strict";
import { test } from "node:test";
import {
  grantedPause,
  isRateLimited,
  parseRetryAfter,
  RateLimit,
  type RateLimitClock,
} from "../../../src/cluster/requests/rate-limit.ts";

/** A clock whose pauses pass at once. */
class FakeClock implements RateLimitClock {
  time = 1_000;
  now = () => this.time;
  sleep = async (milliseconds: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    this.time += milliseconds;
  };
}

const { signal } = new AbortController();

async function turns(pace: RateLimit, clock: FakeClock, count: number): Promise<number[]> {
  const at: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await pace.turn(signal);
    at.push(clock.time);
  }
  return at;
}

test("without a limit nobody waits", async () => {
  const clock = new FakeClock();
  assert.deepEqual(await turns(new RateLimit(undefined, clock), clock, 3), [1_000, 1_000, 1_000]);
});

test("at 4 a second turns are a quarter of a second apart, and none is saved up", async () => {
  const clock = new FakeClock();
  const pace = new RateLimit(4, clock);
  assert.deepEqual(await turns(pace, clock, 3), [1_000, 1_250, 1_500]);
  clock.time = 9_000;
  assert.deepEqual(await turns(pace, clock, 2), [9_000, 9_250]);
});

test("a pause that the API server asks for holds all, and the longest one counts", async () => {
  const clock = new FakeClock();
  const pace = new RateLimit(undefined, clock);
  pace.hold(2_000);
  pace.hold(500);
  assert.deepEqual(await turns(pace, clock, 2), [3_000, 3_000]);
});

test("a pause that comes while a turn is waited for holds that too", async () => {
  const clock = new FakeClock();
  const pace = new RateLimit(10, clock);
  await pace.turn(signal);
  clock.sleep = async (milliseconds) => {
    clock.time += milliseconds;
    if (clock.time === 1_100) pace.hold(700);
  };
  assert.deepEqual(await turns(pace, clock, 1), [1_800]);
});

test("whoever waits ends with the signal", async () => {
  const clock = new FakeClock();
  const pace = new RateLimit(1, clock);
  await pace.turn(signal);
  await assert.rejects(pace.turn(AbortSignal.abort(new Error("interrupted"))), /interrupted/);
});

test("only a 429 without a Status object limits all requests", () => {
  const cases: [number, string, boolean][] = [
    [429, "", true],
    [429, "TooManyRequests", false],
    [503, "", false],
    [200, "", false],
  ];
  for (const [status, reason, expected] of cases)
    assert.equal(isRateLimited({ status, reason }), expected, `${status} ${reason}`);
});

test("a Retry-After counts in seconds, and up to half a minute", () => {
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ["1", 1_000],
    ["0", 0],
    ["-1", undefined],
    ["Sun, 29 Nov 2026 09:00:00 GMT", undefined],
    ["3600", 3_600_000],
  ];
  for (const [header, expected] of cases) assert.equal(parseRetryAfter(header), expected, header);
  assert.deepEqual([1_000, 30_000, 3_600_000].map(grantedPause), [1_000, 30_000, 30_000]);
});
