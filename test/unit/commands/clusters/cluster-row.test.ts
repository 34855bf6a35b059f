import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlaceLook } from "../../../../src/catalog/look-at-places.ts";
import {
  clusterCells,
  clusterRow,
  describeStaleClusters,
} from "../../../../src/commands/clusters/cluster-row.ts";

const NOW = new Date("2026-01-31T12:00:00Z");
const MINUTE = 60_000;
const STORE = "s3://fleet/blue";

/** A store whose newest backup is so many minutes old. */
function look(minutes: number, more: Partial<PlaceLook> = {}): PlaceLook {
  const time = new Date(NOW.getTime() - minutes * MINUTE);
  const backup = { name: "backup_20260131T115500Z", time, size: 2048 };
  const inspection = { state: "damaged", reason: "it is no zip file" } as const;
  const newest = { backup, reading: { state: "none" }, facts: { inspection }, checked: undefined } as const;
  return { store: STORE, newest, interval: undefined, problem: undefined, ...more };
}

describe("what is stale", () => {
  const CASES: [string, PlaceLook, number | undefined, RegExp | null][] = [
    [
      "a store that cannot be read",
      look(0, { newest: undefined, problem: "denied" }),
      undefined,
      /cannot be read/,
    ],
    ["a store without backups", look(0, { newest: undefined }), undefined, /no backup that counts/],
    ["a damaged newest backup", look(1), undefined, /cannot be read/],
  ];
  for (const [name, given, maxRestoreAge, stale] of CASES) {
    test(name, () => {
      const row = clusterRow(given, { now: NOW, maxRestoreAge });
      assert.match(row.stale ?? "", stale ?? /^$/);
      assert.equal(describeStaleClusters([row]), `${STORE}: ${row.stale}`);
    });
  }

  test("is counted behind the first", () => {
    const rows = [look(1), look(1), look(1)].map((each) =>
      clusterRow(each, { now: NOW, maxRestoreAge: undefined }),
    );
    assert.equal(describeStaleClusters(rows), `${STORE}: ${rows[0]?.stale}, and 2 more`);
    assert.equal(describeStaleClusters([]), undefined);
  });
});

test("a damaged backup says why, and has its name and age", () => {
  const row = clusterRow(look(5), { now: NOW, maxRestoreAge: undefined });
  assert.deepEqual(clusterCells(row), [
    STORE,
    "-",
    "2026-01-31 11:55:00",
    "5m ago",
    "-",
    "2.0 KiB",
    "damaged: it is no zip file",
  ]);
});
