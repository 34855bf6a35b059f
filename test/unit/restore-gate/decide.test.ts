import assert from "node:assert/strict";
import { test } from "node:test";
import type { Maker } from "../../../src/catalog/makers.ts";
import {
  type BegunRestore,
  decide,
  type GateDecision,
  type GateFacts,
  NO_FACTS,
} from "../../../src/restore-gate/decide.ts";

const MINUTE = 60_000;
const NOW = new Date("2026-03-01T12:00:00Z");
const newest = (minutesAgo: number) => ({
  name: "backup_x",
  time: new Date(NOW.getTime() - minutesAgo * MINUTE),
});

const maker = (id: string, name?: string): Maker => ({
  cluster: { id, name },
  newest: newest(1),
  ids: new Set([id]),
  names: new Set(name === undefined ? [] : [name]),
});

const NOTHING: GateFacts = {
  ...NO_FACTS,
  now: NOW,
  maxRestoreAge: 60 * MINUTE,
};

const BEGUN: BegunRestore = { backup: "backup_y", complete: true, sameStore: true, state: "there" };

/** A moment so many minutes ago, of a cluster. */
const moment = (minutesAgo: number, cluster = "aaaaaaaa-1") => ({
  ...{ timeline: `t-${cluster}`, revision: "7", backup: "backup_x", cluster },
  time: new Date(NOW.getTime() - minutesAgo * MINUTE),
});
const restored = (minutesAgo: number, cluster = "aaaaaaaa-1") => {
  const { cluster: _, ...rest } = moment(minutesAgo, cluster);
  return rest;
};
const BLUE = { ...maker("aaaaaaaa-1", "blue"), newest: newest(50) };
const GREEN = { ...maker("bbbbbbbb-1", "green"), newest: newest(45) };
const FORGED = { timeline: "20260301T110000000Z-aaaaaaaa-00000001", reason: "it is not signed" };

const MOMENTS: { name: string; facts: Partial<GateFacts>; decision: GateDecision }[] = [
  {
    name: "the newest certain moment",
    facts: { newest: newest(50), makers: [BLUE], moments: [moment(1)] },
    decision: { action: "restore", because: "fresh", moment: restored(1) },
  },
  {
    name: "its age is that of the moment, not of the backup",
    facts: { newest: newest(500), makers: [{ ...BLUE, newest: newest(500) }], moments: [moment(60)] },
    decision: { action: "restore", because: "fresh", moment: restored(60) },
  },
  {
    name: "a moment that is too old, too",
    facts: { newest: newest(500), makers: [{ ...BLUE, newest: newest(500) }], moments: [moment(61)] },
    decision: { action: "error", because: "stale" },
  },
  {
    name: "a moment from the future",
    facts: { newest: newest(50), makers: [BLUE], moments: [moment(-6)] },
    decision: { action: "error", because: "future" },
  },
  {
    name: "a backup that is newer than the change log",
    facts: { newest: newest(50), makers: [BLUE], moments: [moment(51)] },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no change log",
    facts: { newest: newest(50), makers: [BLUE] },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "the change log of another lineage",
    facts: { newest: newest(50), makers: [BLUE], moments: [moment(1, "bbbbbbbb-1")] },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "a moment of an earlier cluster of the lineage",
    facts: {
      newest: newest(50),
      makers: [{ ...BLUE, ids: new Set(["cccccccc-1", "aaaaaaaa-1"]) }],
      moments: [moment(9), moment(3, "cccccccc-1")],
    },
    decision: { action: "restore", because: "fresh", moment: restored(3, "cccccccc-1") },
  },
  {
    name: "two clusters record",
    facts: {
      newest: newest(45),
      makers: [GREEN, BLUE],
      moments: [moment(1), moment(2, "bbbbbbbb-1")],
    },
    decision: { action: "error", because: "several clusters" },
  },
  {
    name: "two clusters record, and one is asked for",
    facts: {
      newest: newest(45),
      makers: [GREEN, BLUE],
      moments: [moment(1, "bbbbbbbb-1"), moment(2)],
      restoreCluster: "blue",
    },
    decision: { action: "restore", because: "fresh", moment: restored(2) },
  },
  {
    name: "nothing of the change log counts",
    facts: { newest: newest(50), makers: [BLUE], timelinesPassedOver: [FORGED] },
    decision: { action: "error", because: "log passed over" },
  },
  {
    name: "some of the change log does not count",
    facts: { newest: newest(50), makers: [BLUE], moments: [moment(2)], timelinesPassedOver: [FORGED] },
    decision: { action: "restore", because: "fresh", moment: restored(2) },
  },
  {
    name: "what does not count is of another cluster",
    facts: { newest: newest(45), makers: [GREEN], timelinesPassedOver: [FORGED] },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "a moment of a restore that has begun, whatever is newer",
    facts: { begun: { ...BEGUN, moment: restored(999) }, newest: newest(50), moments: [moment(1)] },
    decision: { action: "resume", because: "begun", backup: "backup_y", moment: restored(999) },
  },
  {
    name: "another moment where the begun one cannot be restored",
    facts: {
      begun: { ...BEGUN, moment: restored(999), state: "replaced" },
      ...{ newest: newest(50), makers: [BLUE], moments: [moment(1)] },
    },
    decision: { action: "restore", because: "begun anew", backup: "backup_y", moment: restored(1) },
  },
];

const CASES: { name: string; facts: Partial<GateFacts>; decision: GateDecision }[] = [
  { name: "flag, no backups", facts: { flag: true }, decision: { action: "none", because: "flag" } },
  {
    name: "flag, a fresh backup",
    facts: { flag: true, newest: newest(1) },
    decision: { action: "none", because: "flag" },
  },
  {
    name: "flag, a stale backup",
    facts: { flag: true, newest: newest(999) },
    decision: { action: "none", because: "flag" },
  },
  {
    name: "flag, a backup from the future",
    facts: { flag: true, newest: newest(-999) },
    decision: { action: "none", because: "flag" },
  },
  {
    name: "flag, a restore begun",
    facts: { flag: true, begun: BEGUN },
    decision: { action: "none", because: "flag" },
  },
  { name: "no flag, no backups", facts: {}, decision: { action: "write flag", because: "no backups" } },
  {
    name: "no flag, and nothing that can be read",
    facts: { onlyUnreadable: true },
    decision: { action: "error", because: "only unreadable" },
  },
  {
    name: "no flag, the note of a backup and no backup",
    facts: { newestNote: "backup_20260131T120000Z" },
    decision: { action: "error", because: "only notes" },
  },
  {
    name: "no flag, notes of backups and a fresh backup",
    facts: { newestNote: "backup_20260131T120000Z", newest: newest(1) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of a cluster of the same name",
    facts: { newest: newest(1), makers: [maker("a", "blue")], clusterName: "blue" },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of a cluster without a name",
    facts: { newest: newest(1), makers: [maker("a")], clusterName: "blue" },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of a cluster of another name",
    facts: { newest: newest(1), makers: [maker("a", "green")], clusterName: "blue" },
    decision: { action: "error", because: "another name" },
  },
  {
    name: "no flag, fresh, of a cluster of another name that is asked for",
    facts: { newest: newest(1), makers: [maker("a", "green")], clusterName: "blue", restoreCluster: "green" },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of two clusters",
    facts: { newest: newest(1), makers: [maker("a", "blue"), maker("b", "green")] },
    decision: { action: "error", because: "several clusters" },
  },
  {
    name: "no flag, fresh, of two clusters of which one is asked for by name",
    facts: { newest: newest(1), makers: [maker("a", "blue"), maker("b", "green")], restoreCluster: "green" },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of two clusters of which one is asked for by uid",
    facts: { newest: newest(1), makers: [maker("a", "blue"), maker("b", "blue")], restoreCluster: "b" },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh, of two clusters of one name that is asked for",
    facts: { newest: newest(1), makers: [maker("a", "blue"), maker("b", "blue")], restoreCluster: "blue" },
    decision: { action: "error", because: "several clusters" },
  },
  {
    name: "no flag, fresh, and a cluster is asked for that wrote nothing",
    facts: { newest: newest(1), makers: [maker("a", "blue")], restoreCluster: "red" },
    decision: { action: "error", because: "cluster not found" },
  },
  {
    name: "no flag, stale, of two clusters",
    facts: { newest: newest(61) },
    decision: { action: "error", because: "stale" },
  },
  {
    name: "flag, of two clusters",
    facts: { flag: true, newest: newest(1), makers: [maker("a"), maker("b")] },
    decision: { action: "none", because: "flag" },
  },
  {
    name: "no flag, no backups, and one is expected",
    facts: { expectBackup: true },
    decision: { action: "error", because: "backup expected" },
  },
  {
    name: "flag, no backups, and one is expected",
    facts: { flag: true, expectBackup: true },
    decision: { action: "none", because: "flag" },
  },
  {
    name: "no flag, a fresh backup, and one is expected",
    facts: { expectBackup: true, newest: newest(1) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, only the older script's",
    facts: { olderFormat: true },
    decision: { action: "error", because: "older format" },
  },
  {
    name: "no flag, the older script's beside ours",
    facts: { olderFormat: true, newest: newest(1) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, fresh",
    facts: { newest: newest(59) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, of this very moment",
    facts: { newest: newest(0) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, exactly as old as allowed",
    facts: { newest: newest(60) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, a second too old",
    facts: { newest: newest(60 + 1 / 60) },
    decision: { action: "error", because: "stale" },
  },
  {
    name: "no flag, years old",
    facts: { newest: newest(9_999_999) },
    decision: { action: "error", because: "stale" },
  },
  {
    name: "no flag, a little ahead of our clock",
    facts: { newest: newest(-5) },
    decision: { action: "restore", because: "fresh" },
  },
  {
    name: "no flag, from the future",
    facts: { newest: newest(-5 - 1 / 60) },
    decision: { action: "error", because: "future" },
  },
  {
    name: "no flag, a restore begun, no backups",
    facts: { begun: BEGUN },
    decision: { action: "resume", because: "begun", backup: "backup_y" },
  },
  {
    name: "no flag, a restore begun, stale meanwhile",
    facts: { begun: BEGUN, newest: newest(999) },
    decision: { action: "resume", because: "begun", backup: "backup_y" },
  },
  {
    name: "no flag, begun from another store, whatever is there",
    facts: { begun: { ...BEGUN, sameStore: false, state: "gone" }, newest: newest(1) },
    decision: { action: "error", because: "another store" },
  },
  ...[newest(1), newest(999), undefined].map((each) => ({
    name: `no flag, begun in plain, and AGE_RECIPIENTS was set since; ${each === undefined ? "no other" : "another"} is there`,
    facts: { begun: { ...BEGUN, state: "plain" as const }, newest: each },
    decision: { action: "error", because: "begun in plain" } as const,
  })),
  {
    name: "no flag, begun in plain, and the record lacks something",
    facts: { begun: { ...BEGUN, complete: false, state: "plain" }, newest: newest(1) },
    decision: { action: "restore", because: "begun anew", backup: "backup_y" },
  },
  ...(["gone", "damaged", "replaced"] as const).flatMap((state) => [
    {
      name: `no flag, begun and ${state}, another is fresh`,
      facts: { begun: { ...BEGUN, state }, newest: newest(1) },
      decision: { action: "restore", because: "begun anew", backup: "backup_y" } as const,
    },
    {
      name: `no flag, begun and ${state}, the others are stale`,
      facts: { begun: { ...BEGUN, state }, newest: newest(61) },
      decision: { action: "error", because: "stale" } as const,
    },
    {
      name: `no flag, begun and ${state}, and nothing else is there`,
      facts: { begun: { ...BEGUN, state } },
      decision: { action: "error", because: "begun, no backups" } as const,
    },
  ]),
  {
    name: "no flag, a record that says too little: its backup is as stale as any",
    facts: { begun: { ...BEGUN, complete: false }, newest: newest(999) },
    decision: { action: "error", because: "stale" },
  },
  {
    name: "no flag, a record that says too little, and a fresh backup",
    facts: { begun: { ...BEGUN, complete: false, sameStore: false }, newest: newest(1) },
    decision: { action: "restore", because: "begun anew", backup: "backup_y" },
  },
  {
    name: "no flag, a record that says too little, and no backups",
    facts: { begun: { ...BEGUN, complete: false } },
    decision: { action: "error", because: "begun, no backups" },
  },
];

for (const { name, facts, decision } of [...CASES, ...MOMENTS]) {
  test(`the gate decides: ${name}`, () => {
    assert.deepEqual(decide({ ...NOTHING, ...facts }), decision);
  });
}
