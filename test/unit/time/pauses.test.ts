import assert from "node:assert/strict";
import { test } from "node:test";
import { Pauses } from "../../../src/time/pauses.ts";

test("a computation is interrupted every 50 ms, and a signal is heard then", async () => {
  let now = 0;
  const pauses = new Pauses(() => now);
  const stop = new AbortController();
  let heard = false;
  setImmediate(() => {
    heard = true;
    stop.abort(new Error("stopped"));
  });
  now = 49;
  await pauses.pause(stop.signal);
  assert.equal(heard, false);
  now = 50;
  await assert.rejects(pauses.pause(stop.signal), /^Error: stopped$/);
  assert.equal(heard, true);
});
