import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { backupLoop } from "../../../src/backup/loop.ts";
import { Health } from "../../../src/health/health.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import type { Log } from "../../../src/terminal/log/log.ts";

const FREQUENCY = 60_000;
/** What a round has stored. */
const STORED = {
  name: "backup",
  size: 1,
  manifest: { resources: [], excluded: {}, oneMoment: true } as Partial<Manifest> as Manifest,
};

/** A round that fails here is a fault of the test, and would be tried again seconds later. */
function fail({ err }: { err: unknown }): never {
  throw err;
}

test("the loop says when it goes to rest: after a backup, and not before one that is due", async () => {
  const ended = new AbortController();
  const reason = new Error("enough");
  const events: string[] = [];
  let newest: { name: string; time: Date } | undefined;
  const now = () => new Date();
  const quiet = () => undefined;
  const loop = backupLoop(
    {
      store: { newest: async () => newest } as Partial<Store> as Store,
      take: async () => {
        events.push("backup");
        newest = { name: "backup", time: now() };
        return STORED;
      },
      frequency: FREQUENCY,
      onIdle: () => {
        events.push("rest");
        ended.abort(reason);
      },
      now,
      log: { info: quiet, error: fail } as Partial<Log> as Log,
      health: new Health({ frequency: FREQUENCY, now }),
    },
    ended.signal,
  );
  await assert.rejects(loop, reason);
  assert.deepEqual(events, ["backup", "rest"]);
});

test("a timer that ends early takes no backup early", async () => {
  const ended = new AbortController();
  const reason = new Error("enough");
  const start = Date.UTC(2026, 0, 31, 12);
  const due = start + 20;
  let clock = start;
  let asked = 0;
  let taken: number | undefined;
  const quiet = () => undefined;
  const now = () => new Date(clock);
  const loop = backupLoop(
    {
      store: {
        newest: async () => {
          asked += 1;
          return { name: "backup", time: new Date(due - FREQUENCY), size: 1 };
        },
      } as Partial<Store> as Store,
      take: async () => {
        taken = clock;
        ended.abort(reason);
        throw reason;
      },
      frequency: FREQUENCY,
      // The clock is a millisecond behind when the timer ends, and right after it was asked again.
      onIdle: () => {
        clock = clock === start ? due - 1 : due;
      },
      now,
      log: { info: quiet, error: fail } as Partial<Log> as Log,
      health: new Health({ frequency: FREQUENCY, now }),
    },
    ended.signal,
  );
  await assert.rejects(loop, reason);
  assert.deepEqual({ asked, taken }, { asked: 3, taken: due });
});

test("a backup from the future is warned of once, and one that clocks explain is not", async () => {
  const ended = new AbortController();
  const reason = new Error("enough");
  const quiet = () => undefined;
  const now = () => new Date("2026-01-31T12:00:00Z");
  const at = (minutes: number) => {
    const time = new Date(now().getTime() + minutes * 60_000);
    return { name: backupName(time), time, size: 1 };
  };
  const [past, near, far, later] = [at(-1), at(4), at(6), at(9_000)];
  const told: unknown[] = [];
  let stored = [past, near, far];
  let rounds = 0;
  const loop = backupLoop(
    {
      store: {
        url: "s3://backups",
        newest: async ({ until }) => {
          ended.signal.throwIfAborted();
          return stored.filter(({ time }) => until === undefined || time <= until).at(-1);
        },
        list: async function* ({ from }) {
          yield* stored.filter(({ time }) => from === undefined || time >= from);
        },
      } as Partial<Store> as Store,
      take: async () => {
        rounds += 1;
        if (rounds === 2) stored = [past, near, far, later];
        if (rounds === 4) ended.abort(reason);
        return STORED;
      },
      frequency: FREQUENCY,
      clockAllowance: 5 * 60_000,
      now,
      log: {
        info: quiet,
        error: fail,
        warn: ({ backup }: { backup: string }, message: string) => told.push([backup, message]),
      } as unknown as Log,
      health: new Health({ frequency: FREQUENCY, now }),
    },
    ended.signal,
  );
  await assert.rejects(loop, reason);
  const message =
    "This backup is from the future: while it is in the store, the restore gate of a new cluster refuses to start";
  assert.deepEqual(told, [
    [far.name, message],
    [later.name, message],
  ]);
});

for (const [title, own, expected] of [
  ["another cluster's backups put off this one's by one interval at most", false, 2],
  ["another backup of this cluster puts the next one off", true, 0],
] as const) {
  test(title, async () => {
    const ended = new AbortController();
    const reason = new Error("enough");
    const start = Date.UTC(2026, 0, 31, 12);
    let clock = start;
    let rests = 0;
    let taken = 0;
    const quiet = () => undefined;
    const now = () => new Date(clock);
    const loop = backupLoop(
      {
        // Somebody else's backup is always 10 s old.
        store: {
          newest: async () => ({ name: "other", time: new Date(clock - 10_000), size: 1 }),
        } as Partial<Store> as Store,
        take: async () => {
          taken += 1;
          return STORED;
        },
        isOwn: async () => own,
        frequency: 10_020,
        onIdle: () => {
          rests += 1;
          clock += 5_010;
          if (rests === 5) ended.abort(reason);
        },
        now,
        log: { info: quiet, error: fail } as Partial<Log> as Log,
        health: new Health({ frequency: 10_020, now }),
      },
      ended.signal,
    );
    await assert.rejects(loop, reason);
    assert.equal(taken, expected);
  });
}
