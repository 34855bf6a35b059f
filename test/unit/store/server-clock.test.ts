import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServerClock } from "../../../src/store/s3/answers/server-clock.ts";

const NOON = Date.UTC(2026, 0, 31, 12);
const DATE = "Sat, 31 Jan 2026 12:00:00 GMT";

/** The skew after one request that was sent and answered at these moments of this machine. */
function skewAfter(sent: number, received: number, date: string | undefined): number | undefined {
  let now = sent;
  const clock = new ServerClock(() => new Date(now));
  const request = clock.start();
  now = received;
  request.answered(date);
  return clock.skew;
}

describe("the server's clock", () => {
  it("is compared with the middle between the request and its answer, and the middle of its second", () => {
    assert.equal(skewAfter(NOON, NOON + 1_000, DATE), 0);
    assert.equal(skewAfter(NOON - 90_000, NOON - 88_000, DATE), 89_500);
    assert.equal(skewAfter(NOON + 7_200_000, NOON + 7_200_000, DATE), -7_199_500);
  });

  it("is unknown without a date, with one that is none, and where the answer took long", () => {
    assert.equal(skewAfter(NOON, NOON, undefined), undefined);
    assert.equal(skewAfter(NOON, NOON, "yesterday"), undefined);
    assert.equal(skewAfter(NOON, NOON + 20_001, DATE), undefined);
    assert.equal(skewAfter(NOON, NOON - 1, DATE), undefined, "this clock was set back meanwhile");
  });

  it("is what the latest answer says, and stays where that says nothing", () => {
    let now = NOON;
    const clock = new ServerClock(() => new Date(now));
    clock.start().answered(DATE);
    assert.equal(clock.skew, 500);
    now += 60_000;
    clock.start().answered(DATE);
    clock.start().answered(undefined);
    assert.equal(clock.skew, -59_500);
  });
});
