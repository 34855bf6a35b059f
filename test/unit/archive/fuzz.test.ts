/**
 * What verify, list, get, diff, export and the gate do with forged archives: no stack trace, no more than 10 s and 400 MiB,
 * nothing outside of the folder of an export, and nothing that is not valid is taken for valid.
 */

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import process from "node:process";
import { test } from "node:test";
import { fuzz } from "../../support/forged/fuzz.ts";

const FULL = process.env["SIZE"] === "full";
/** To repeat what a run has found: the seed that it printed. */
const SEED = process.env["FUZZ_SEED"];
/** How many times as long each archive may take on a machine that has much else to do. */
const SLOW = Number(process.env["SLOW"] ?? "3");

/** Under Deno, which runs the same source in several times the time: a fifth of them, some of each kind. */
const PART = "Deno" in globalThis ? 5 : 1;

const RUNS: [name: string, first: number, count: number][] =
  SEED === undefined
    ? [
        ["the same archives each time", 0, FULL ? 20_000 : 150 / PART],
        ["other archives each time", randomInt(1_000_000, 0x7000_0000), FULL ? 1000 : 50 / PART],
      ]
    : [["one archive", Number(SEED), 1]];

for (const [name, first, count] of RUNS) {
  test(`forged archives: ${name}`, { timeout: 4 * 3_600_000 }, async (t) => {
    t.diagnostic(`FUZZ_SEED=${first} and the ${count - 1} after it`);
    const { found, done, peak } = await fuzz({ first, count, slow: SLOW });
    t.diagnostic(`${done} archives, at most ${Math.round(peak / 1024 / 1024)} MiB`);
    assert.deepEqual(found, []);
    assert.equal(done, count);
  });
}
