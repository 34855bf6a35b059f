import assert from "node:assert/strict";
import { test } from "node:test";
import type { Maker } from "../../../src/catalog/makers.ts";
import { NO_FACTS } from "../../../src/restore-gate/decide.ts";
import { refusal } from "../../../src/restore-gate/refusal.ts";

const TIME = new Date("2026-01-31T12:00:00Z");
const blue: Maker = {
  cluster: { id: "0e7c", name: "blue" },
  newest: { name: "backup_20260131T115500Z", time: TIME },
  ids: new Set(["0e7c"]),
  names: new Set(["blue"]),
};

const RECORD = {
  ...{ backup: "backup_20260131T115500Z", store: "s3://backups", manifest: "ab".repeat(32) },
  ...{ judged: "own cluster" as const, begun: "2026-01-31T11:56:00Z", holder: "somewhere" },
};

for (const [title, moment, command] of [
  ["a backup", undefined, "kube-backup restore --unencrypted backup_20260131T115500Z, then kubectl create"],
  [
    "a moment",
    { timeline: "t", revision: "7", backup: RECORD.backup, time: new Date("2026-01-31T11:58:00.5Z") },
    "kube-backup restore --unencrypted --at=2026-01-31T11:58:00.500Z, then kubectl create",
  ],
] as const) {
  test(`a restore that was begun in plain is finished by hand, or decided anew: ${title}`, () => {
    const { message, advice = "" } = refusal(
      { ...NO_FACTS, now: TIME, maxRestoreAge: 60_000, passedOver: [] },
      {
        ...{ store: { url: "s3://backups" }, programNamespace: "kube-system" },
        record: {
          ...{ backup: RECORD.backup, begun: RECORD.begun, stored: TIME, namespace: "kube-system" },
          ...{ uid: "u", resourceVersion: "1", complete: { ...RECORD, moment } },
        },
      },
      "begun in plain",
    );
    assert.match(message, /backup_20260131T115500Z .* is not encrypted, and AGE_RECIPIENTS is set$/);
    assert.ok(advice.includes(command), advice);
    assert.ok(advice.includes("delete configmap kube-backup-restore"), advice);
  });
}

const CASES: [title: string, makers: Maker[], message: RegExp][] = [
  ["another wrote", [blue], /RESTORE_CLUSTER is red, and only .*blue.* wrote into s3:\/\/backups within/],
  [
    "none can be read",
    [],
    /RESTORE_CLUSTER is red, and no backup of s3:\/\/backups within MAXRESTOREAGE can be read/,
  ],
];

for (const [title, makers, message] of CASES) {
  test(`the cluster that is asked for is not found: ${title}`, () => {
    const facts = {
      ...NO_FACTS,
      newest: blue.newest,
      makers,
      restoreCluster: "red",
      now: TIME,
      maxRestoreAge: 60_000,
      passedOver: [],
    };
    const error = refusal(
      facts,
      { store: { url: "s3://backups" }, programNamespace: "kube-system", record: undefined },
      "cluster not found",
    );
    assert.match(error.message, message);
  });
}
