import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectBackups } from "../../../src/catalog/select-backups.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../../../src/store/contract/store.ts";

const signal = new AbortController().signal;
const DAY = 86_400_000;
const NEWEST = Date.UTC(2026, 0, 31);

/** A store that lists a backup a day and counts those that it gave out. */
function daily(days: number): Store & { listed: number } {
  const times = Array.from({ length: days }, (_, index) => new Date(NEWEST - (days - 1 - index) * DAY));
  const all = times.map((time): StoredBackup => ({ name: backupName(time), time, size: 1 }));
  const store = {
    listed: 0,
    async *list({ from }: { from?: Date | undefined }) {
      for (const backup of all) {
        if (from !== undefined && backup.time < from) continue;
        store.listed += 1;
        yield backup;
      }
    },
    newest: async ({ until }: { until?: Date | undefined }) =>
      all.findLast(({ time }) => until === undefined || time <= until),
  };
  return store as unknown as Store & { listed: number };
}

const daysAgo = (days: number) => new Date(NEWEST - days * DAY);

async function select(store: Store, filter: Parameters<typeof selectBackups>[1]): Promise<number[]> {
  const found = await Array.fromAsync(selectBackups(store, filter, signal));
  return found.map(({ time }) => (NEWEST - time.getTime()) / DAY);
}

describe("of the backups of every day", () => {
  const rows: [title: string, filter: Parameters<typeof selectBackups>[1], days: number[]][] = [
    ["all, oldest first", {}, [4, 3, 2, 1, 0]],
    ["those from a moment on, it included", { from: daysAgo(2) }, [2, 1, 0]],
    ["those until a moment, it included", { until: daysAgo(3) }, [4, 3]],
    ["those between", { from: daysAgo(3), until: new Date(NEWEST - 1) }, [3, 2, 1]],
    ["the last", { last: 2 }, [1, 0]],
    ["the last of a time", { last: 2, until: daysAgo(2) }, [3, 2]],
    ["the last of a time, fewer than asked for", { last: 9, from: daysAgo(2), until: daysAgo(1) }, [2, 1]],
    ["none where there are none", { last: 2, until: daysAgo(9) }, []],
    ["none where the newest is too old", { last: 2, from: new Date(NEWEST + 1) }, []],
    ["more than there are", { last: 1000 }, [4, 3, 2, 1, 0]],
  ];
  for (const [title, filter, days] of rows) {
    it(`${title}`, async () => assert.deepEqual(await select(daily(5), filter), days));
  }

  it("the last few of very many are found without listing them all", async () => {
    const store = daily(20_000);
    assert.deepEqual(await select(store, { last: 3 }), [2, 1, 0]);
    assert.ok(store.listed < 50, `${store.listed} were listed`);
    assert.equal((await select(store, { last: 15_000 })).length, 15_000);
  });
});
