import assert from "node:assert/strict";
import { test } from "node:test";
import { describeStale, type Freshness } from "../../../src/catalog/freshness.ts";
import type { Status } from "../../../src/commands/status/gather-status.ts";
import { statusJson, statusLines } from "../../../src/commands/status/status-text.ts";
import { schemaOf } from "../../support/program/json-document.ts";

const MINUTE = 60_000;
const NOW = new Date("2026-03-01T12:00:00.500Z");
const NAME = "backup_20260301T115000Z";

const STALE: {
  name: string;
  age: number | undefined;
  freshness: Partial<Freshness>;
  stale: RegExp | undefined;
}[] = [
  { name: "nothing says how old it may be", age: 9_999, freshness: {}, stale: undefined },
  { name: "as old as MAXRESTOREAGE", age: 60, freshness: { maxRestoreAge: 60 }, stale: undefined },
  {
    name: "older than MAXRESTOREAGE",
    age: 61,
    freshness: { maxRestoreAge: 60 },
    stale: /MAXRESTOREAGE is 1h$/,
  },
  { name: "two intervals", age: 30, freshness: { interval: 15 }, stale: undefined },
  {
    name: "more than two intervals, and younger than MAXRESTOREAGE",
    age: 31,
    freshness: { interval: 15, maxRestoreAge: 60 },
    stale: /more than two intervals of 15m$/,
  },
  { name: "none, and an interval", age: undefined, freshness: { interval: 15 }, stale: /there is none/ },
  { name: "none, and nothing is set", age: undefined, freshness: {}, stale: undefined },
];

for (const { name, age, freshness, stale } of STALE) {
  test(`stale: ${name}`, () => {
    const { maxRestoreAge, interval } = freshness;
    const limits = {
      maxRestoreAge: maxRestoreAge && maxRestoreAge * MINUTE,
      interval: interval && interval * MINUTE,
    };
    const said = describeStale(age === undefined ? undefined : { name: NAME, age: age * MINUTE }, limits);
    if (stale === undefined) assert.equal(said, undefined);
    else assert.match(said ?? "", stale);
  });
}

const STATUS: Status = {
  cluster: { context: "blue-admin", server: "https://10.0.0.1:6443", id: "id-blue", name: "blue" },
  store: "s3://backups/blue",
  flag: {
    state: "present",
    facts: {
      reason: "restored",
      backup: "backup_20260228T120000Z",
      cluster: { id: "id-old", name: "old" },
      store: "s3://backups/blue",
      time: new Date("2026-02-28T12:00:00Z"),
      objects: 845,
    },
  },
  begun: undefined,
  newest: {
    name: NAME,
    time: new Date("2026-03-01T11:50:00Z"),
    age: 10 * MINUTE,
    size: 482_133,
    objects: 851,
    cluster: { id: "id-blue", name: "blue" },
    checked: undefined,
    missing: [],
    notKept: undefined,
  },
  foreign: undefined,
  unreadable: [],
  none: undefined,
  gate: { action: "none", because: "flag" },
  freshness: { maxRestoreAge: undefined, interval: undefined },
  due: new Date("2026-03-01T12:05:00Z"),
  copies: undefined,
  changeLog: { state: "off", timeline: undefined, certain: undefined, gap: undefined },
};

test("how far the change log is", () => {
  const timeline = "20260301T100000000Z-aaaaaaaa-00000001";
  const certain = new Date("2026-03-01T11:59:58.123Z");
  const gap = { from: new Date("2026-03-01T09:59:00Z"), until: new Date("2026-03-01T10:00:00Z") };
  const rows: [changeLog: Status["changeLog"], text: string, age: number | null][] = [
    [STATUS.changeLog, "off: only backups can be read", null],
    [
      { state: "recording", timeline, certain, gap: undefined },
      "certain up to 2026-03-01T11:59:58Z, 2s ago",
      2,
    ],
    [
      { state: "stopped", timeline, certain: gap.until, gap },
      "certain up to 2026-03-01T10:00:00Z, 2h ago; NOT RECORDING since; a gap before, from 2026-03-01T09:59:00Z to 2026-03-01T10:00:00Z",
      7200,
    ],
  ];
  for (const [changeLog, text, age] of rows) {
    const status = { ...STATUS, changeLog };
    assert.ok(
      statusLines(status, NOW).includes(`Change log     ${text}`),
      statusLines(status, NOW).join("\n"),
    );
    const document = statusJson(status, { asOf: NOW, stale: undefined }) as {
      changeLog: { ageSeconds: number };
    };
    assert.equal(document.changeLog.ageSeconds, age);
  }
});

test("a full check that was recorded is told, with its time", () => {
  const newest = STATUS.newest && { ...STATUS.newest, checked: new Date("2026-03-01T11:55:00Z") };
  assert.ok(
    statusLines({ ...STATUS, newest }, NOW).includes(
      "Checked        valid: every byte was checked 5m ago (2026-03-01T11:55:00Z)",
    ),
  );
});

test("the second store is told: its newest, nothing, or why it cannot be read", () => {
  const store = "s3://other/blue";
  const newest = { name: NAME, time: new Date("2026-03-01T11:50:00Z") };
  const rows: [copies: Status["copies"], text: string, json: object | null][] = [
    [
      { store, newest, problem: undefined },
      `${store}: the newest is ${NAME}, 10m ago`,
      { copyStore: store, backup: NAME, ageSeconds: 600, reason: null },
    ],
    [
      { store, newest: undefined, problem: undefined },
      `${store}: no backups`,
      { copyStore: store, backup: null, ageSeconds: null, reason: null },
    ],
    [
      { store, newest: undefined, problem: "Cannot list" },
      `${store}: Cannot list`,
      { copyStore: store, backup: null, ageSeconds: null, reason: "Cannot list" },
    ],
  ];
  for (const [copies, text, json] of rows) {
    const status = { ...STATUS, copies };
    assert.ok(statusLines(status, NOW).includes(`Second store   ${text}`), text);
    const document = statusJson(status, { asOf: NOW, stale: undefined }) as { copies: object };
    assert.deepEqual(document.copies, json);
  }
});

test("status for people", () => {
  assert.deepEqual(statusLines(STATUS, NOW), [
    "Cluster        blue: blue-admin (https://10.0.0.1:6443)",
    "Store          s3://backups/blue",
    "Restore flag   present, restored backup_20260228T120000Z of the cluster old (id-old) from s3://backups/blue, 1d ago, 845 objects",
    `Newest backup  ${NAME}, 10m ago, 471 KiB, 851 objects, of this cluster`,
    `Checked        ok by its manifest; every byte: kube-backup verify ${NAME}`,
    "Gate           no restore: the namespace backuprestore-donotuse exists",
    "Next backup    in 4m (2026-03-01T12:05:00Z)",
    "Change log     off: only backups can be read",
  ]);
});

test("status of an empty store, and of one whose newest cannot be read", () => {
  const message = "No backups in s3://backups/bleu. There are backups in s3://backups/blue";
  const empty: Status = {
    ...STATUS,
    flag: { state: "present", facts: { reason: "nothing to restore", store: "s3://backups/bleu" } },
    newest: undefined,
    none: { message, beside: ["s3://backups/blue"] },
  };
  const lines = statusLines(empty, NOW);
  assert.ok(lines.includes(`Newest backup  ${message}`), lines.join("\n"));
  assert.ok(lines.includes("Restore flag   present, nothing to restore, from s3://backups/bleu"));
  const backup = { name: "backup_20260301T115900Z", time: new Date("2026-03-01T11:59:00Z"), size: 5 };
  const junk: Status = { ...STATUS, unreadable: [{ backup, state: "damaged", reason: "it is no zip file" }] };
  assert.ok(
    statusLines(junk, NOW).includes("Cannot be read backup_20260301T115900Z, 1m ago: it is no zip file"),
  );
});

test("status beside another cluster's newer backup, and where this one has none", () => {
  const foreign = {
    ...{ name: "backup_20260301T115900Z", time: new Date("2026-03-01T11:59:00Z"), age: MINUTE, size: 1024 },
    ...{
      objects: 7,
      cluster: { id: "id-green", name: "green" },
      checked: undefined,
      missing: [],
      notKept: undefined,
    },
  };
  const line =
    "Not counted    backup_20260301T115900Z, 1m ago, 1.0 KiB, 7 objects, of the cluster green (id-green)";
  const beside = statusLines({ ...STATUS, foreign }, NOW);
  assert.ok(beside.includes(line), beside.join("\n"));
  assert.ok(beside.some((each) => each.startsWith(`Newest backup  ${NAME}, 10m ago`)));
  const alone = statusLines({ ...STATUS, newest: undefined, foreign }, NOW);
  assert.ok(alone.includes(line) && alone.includes("Newest backup  none of this cluster"), alone.join("\n"));
});

test("status for scripts is what its schema says", () => {
  const newest = STATUS.newest ?? assert.fail();
  const cluster = { ...STATUS.cluster, id: undefined, name: undefined };
  const backup = { name: NAME, time: NOW, size: 5 };
  const unreadable: Status["unreadable"] = [{ backup, state: "newer format", reason: "it is of format 99" }];
  const notKept = [{ resource: "cronjobs.batch", kind: "CronJob" }];
  const missing = [{ resource: "secrets", reason: "Forbidden" }];
  const rows: Status[] = [
    STATUS,
    { ...STATUS, newest: undefined, none: { message: "No backups", beside: ["s3://b/c"] }, due: undefined },
    {
      ...STATUS,
      cluster,
      flag: { state: "absent", facts: {} },
      gate: { action: "restore", because: "fresh" },
    },
    { ...STATUS, newest: { ...newest, notKept, missing }, foreign: newest, unreadable, gate: undefined },
  ];
  for (const each of rows) {
    const json = { schemaVersion: 1, ...statusJson(each, { asOf: NOW, stale: "old" }) };
    schemaOf("status").parse(JSON.parse(JSON.stringify(json)));
  }
});

test("status for scripts has times without fractions", () => {
  const json = JSON.stringify(statusJson(STATUS, { asOf: NOW, stale: undefined }));
  assert.match(json, /"nextBackupDue":"2026-03-01T12:05:00Z"/);
  assert.match(json, /"time":"2026-03-01T11:50:00Z","ageSeconds":600,"sizeBytes":482133/);
});
