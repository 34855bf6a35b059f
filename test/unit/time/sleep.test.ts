import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep } from "../../../src/time/sleep.ts";

const MONTHS = 100 * 24 * 60 * 60_000;

test("a pause of months does not end at once", async () => {
  const stop = new AbortController();
  const winner = await Promise.race([
    sleep(MONTHS, stop.signal).then(
      () => "ended",
      () => "aborted",
    ),
    new Promise((resolve) => setTimeout(resolve, 50, "still sleeping")),
  ]);
  stop.abort();
  assert.equal(winner, "still sleeping");
});

test("an aborted pause ends with the signal's reason", async () => {
  const stop = new AbortController();
  const pause = sleep(MONTHS, stop.signal);
  const reason = new Error("enough");
  stop.abort(reason);
  await assert.rejects(pause, reason);
  await assert.rejects(sleep(0, stop.signal), reason);
});

test("no pause at all is none", async () => {
  await sleep(0, new AbortController().signal);
  await sleep(-5, new AbortController().signal);
});
