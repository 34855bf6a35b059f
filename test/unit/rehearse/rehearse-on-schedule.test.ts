/** Rehearsals by a clock of the test's own, and beside backups. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { BackupsFirst } from "../../../src/rehearse/backups-first.ts";
import { rehearseOnSchedule } from "../../../src/rehearse/rehearse-on-schedule.ts";
import type { Log } from "../../../src/terminal/log/log.ts";

describe("backups come first", () => {
  for (const end of ["stored", "failed"]) {
    it(`waits while one is taken that is ${end}`, async () => {
      const backups = new BackupsFirst();
      const { signal } = new AbortController();
      await backups.idle(signal);
      const taking = Promise.withResolvers<string>();
      const taken = backups.during(() => taking.promise).catch(() => "failed");
      let isIdle = false;
      const waiting = backups.idle(signal).then(() => {
        isIdle = true;
      });
      await turn();
      assert.equal(isIdle, false);
      if (end === "stored") taking.resolve(end);
      else taking.reject(new Error("no"));
      assert.equal(await taken, end);
      await waiting;
    });
  }

  it("ends with the signal", async () => {
    const backups = new BackupsFirst();
    const stop = new AbortController();
    const taking = Promise.withResolvers<void>();
    const taken = backups.during(() => taking.promise);
    const waiting = backups.idle(stop.signal);
    stop.abort(new Error("stop"));
    taking.resolve();
    await taken;
    await assert.rejects(waiting, /stop/);
  });
});

describe("rehearsals by schedule", () => {
  const log = { info() {} } as unknown as Log;
  /** Runs until so many were asked for, and says when that was, in minutes. */
  async function times(results: (boolean | undefined)[], every: number, last?: number): Promise<number[]> {
    const stop = new AbortController();
    let clock = 0;
    const found: number[] = [];
    const running = rehearseOnSchedule(
      {
        schedule: { kind: "every", interval: every * 60_000 },
        last: last === undefined ? undefined : new Date(last * 60_000),
        rehearse: async () => {
          found.push(clock / 60_000);
          if (found.length === results.length) stop.abort(new Error("enough"));
          return results[found.length - 1];
        },
        idle: async () => {},
        now: () => new Date(clock),
        sleep: async (milliseconds) => {
          clock += milliseconds;
        },
        log,
      },
      stop.signal,
    );
    await assert.rejects(running, /enough/);
    return found;
  }

  it("each comes an interval after the one before", async () => {
    assert.deepEqual(await times([true, true, true], 90), [0, 90, 180]);
  });
  it("after a restart it goes by the last one of the store", async () => {
    assert.deepEqual(await times([true, true], 90, -30), [60, 150]);
  });
  it("one without a result is tried again in an hour", async () => {
    assert.deepEqual(await times([false, true, true], 90), [0, 60, 150]);
  });
  it("where there is no backup yet, it looks again in ten seconds", async () => {
    assert.deepEqual(await times([undefined, undefined, true], 90), [0, 1 / 6, 2 / 6]);
  });
});
