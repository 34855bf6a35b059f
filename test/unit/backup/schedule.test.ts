import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffAfter, nextDue } from "../../../src/backup/schedule.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const MINUTE = 60_000;
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds);

test("a backup is due at once where there is none", () => {
  assert.deepEqual(nextDue({ newest: undefined, frequency: MINUTE, now: NOW }), NOW);
});

test("a backup is due when the newest is one interval old", () => {
  assert.deepEqual(
    nextDue({ newest: ago(20_000), frequency: MINUTE, now: NOW }),
    new Date(NOW.getTime() + 40_000),
  );
  assert.deepEqual(nextDue({ newest: ago(MINUTE), frequency: MINUTE, now: NOW }), NOW);
});

test("a backup that was missed is due now, and once", () => {
  assert.deepEqual(nextDue({ newest: ago(10 * MINUTE), frequency: MINUTE, now: NOW }), NOW);
});

test("intervals of a thousand years are held", () => {
  const frequency = 1000 * 365 * 24 * 60 * MINUTE;
  assert.equal(nextDue({ newest: NOW, frequency, now: NOW }).getTime(), NOW.getTime() + frequency);
});

test("pauses after failures grow, up to 5 minutes and never beyond the interval", () => {
  const hour = 60 * MINUTE;
  assert.deepEqual(
    [1, 2, 3, 4, 7, 8, 1000].map((failures) => backoffAfter(failures, hour)),
    [5_000, 10_000, 20_000, 40_000, 300_000, 300_000, 300_000],
  );
  assert.equal(backoffAfter(6, MINUTE), MINUTE);
});
