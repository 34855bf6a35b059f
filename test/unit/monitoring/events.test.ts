/** Which events there are, what they say, and how many. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Allowance } from "../../../src/monitoring/events/allowance.ts";
import { eventObject, workloadOf } from "../../../src/monitoring/events/event-object.ts";
import { eventOf } from "../../../src/monitoring/events/event-text.ts";
import type { Happening } from "../../../src/monitoring/happenings.ts";

const AT = new Date("2026-03-01T12:00:00.123Z");
const UNTIL = new Date("2026-03-01T11:59:30Z");
const failed = (failures: number): Happening => ({ kind: "backup failed", failures, reason: "Cannot x: y" });
const STORED: Happening = {
  ...{ kind: "backup stored", backup: "backup_20260301T120000Z", time: AT, objects: 1 },
  ...{ size: 1, seconds: 1, missing: 0, warnings: 0 },
};

const CASES: [happening: Happening, expected: string | undefined, failing?: boolean][] = [
  [
    { kind: "gate passed", because: "flag" },
    "Normal GatePassed: No restore: the namespace backuprestore-donotuse exists",
  ],
  [
    { kind: "gate passed", because: "no backups" },
    "Normal GatePassed: Nothing to restore: the store holds no backups. The namespace backuprestore-donotuse is written",
  ],
  [{ kind: "restore begun", backup: "b", resumed: false }, "Normal RestoreStarted: Restoring b"],
  [
    { kind: "restore begun", backup: "b", resumed: true },
    "Normal RestoreStarted: Going on with the restore of b",
  ],
  [
    { kind: "restore ended", backup: "b", objects: 851, refused: 0 },
    "Normal Restored: Restored b: 851 objects",
  ],
  [
    { kind: "restore ended", backup: "b", objects: 851, refused: 1 },
    "Normal Restored: Restored b: 851 objects, less 1 Pod that a policy of the cluster refuses",
  ],
  [{ kind: "start failed", how: "refused", reason: "Cannot x" }, "Warning RestoreRefused: Cannot x"],
  [{ kind: "start failed", how: "restore failed", reason: "Cannot x" }, "Warning RestoreFailed: Cannot x"],
  [{ kind: "start failed", how: "failed", reason: "Cannot x" }, "Warning StartFailed: Cannot x"],
  [STORED, undefined],
  [STORED, "Normal BackupStored: Backups succeed again: backup_20260301T120000Z is stored", true],
  [failed(1), "Warning BackupFailed: Cannot x: y"],
  [failed(2), "Warning BackupFailed: 2 times in a row: Cannot x: y"],
  [failed(3), undefined],
  [failed(4), "Warning BackupFailed: 4 times in a row: Cannot x: y"],
  [failed(63), undefined],
  [failed(64), "Warning BackupFailed: 64 times in a row: Cannot x: y"],
  [
    { kind: "rehearsed", backup: "b", objects: 41, refused: 0, before: "taken" },
    "Normal Rehearsed: The cluster would refuse none of 41 objects of b",
  ],
  [
    { kind: "rehearsed", backup: "b", objects: 41, refused: 2, before: "refused" },
    "Warning RehearsalRefused: The cluster would refuse 2 of 41 objects of b",
  ],
  [
    { kind: "rehearsal failed", reason: "Cannot x: y", before: undefined },
    "Warning RehearsalFailed: Cannot x: y",
  ],
  [{ kind: "log begun" }, undefined],
  [{ kind: "log gap", until: UNTIL, isExpected: true, isFinal: false }, undefined],
  [
    { kind: "log gap", until: UNTIL, isExpected: false, isFinal: false },
    "Warning ChangeLogGap: The change log has ended: changes are stored up to 2026-03-01T11:59:30.000Z; it goes on with the next backup, and what changes until then is in no log",
  ],
  [
    { kind: "log gap", until: undefined, isExpected: false, isFinal: true },
    "Warning ChangeLogGap: The change log has ended before anything was stored; it stays off until the program starts again",
  ],
];

describe("what is told", () => {
  for (const [happening, expected, failing = false] of CASES)
    test(`${JSON.stringify(happening)}${failing ? " after a failure" : ""}`, () => {
      const text = eventOf(happening, { failing });
      assert.equal(text && `${text.type} ${text.reason}: ${text.message}`, expected);
    });
});

describe("the object", () => {
  const workload = { namespace: "kube-system", name: "kube-backup", uid: "1234" };
  const text = { type: "Warning", reason: "BackupFailed", message: "Cannot x" } as const;
  const made = (message: string = text.message, at = AT) =>
    eventObject({ ...text, message }, { workload, pod: "kube-backup-1-a", at });

  test("is about the Deployment, as kubectl looks for it", () => {
    const { object } = made();
    assert.deepEqual(object["involvedObject"], { apiVersion: "apps/v1", kind: "Deployment", ...workload });
    assert.deepEqual(
      [object["firstTimestamp"], object["lastTimestamp"]],
      ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"],
    );
  });

  test("has one name for the same within ten minutes", () => {
    const name = made().key.name;
    assert.match(name, /^kube-backup\.[0-9a-f]{16}$/);
    assert.equal(made(text.message, new Date("2026-03-01T12:09:59Z")).key.name, name);
    assert.notEqual(made(text.message, new Date("2026-03-01T12:10:00Z")).key.name, name);
    assert.notEqual(made("Cannot y").key.name, name);
  });

  test("is no longer than the API server takes", () => {
    assert.equal(String(made("x".repeat(2_000)).object["message"]).length, 1_024);
  });
});

describe("the Deployment", () => {
  const named = (name: string) => ({ namespace: "kube-system", name, uid: name });
  const cases: [names: string[], pod: string, expected: string | undefined][] = [
    [[], "kube-backup-5d6f-x", undefined],
    [["kube-backup"], "kube-backup-5d6f-x", "kube-backup"],
    [["kube-backup"], "laptop", "kube-backup"],
    [["kube-backup", "kube-backup-two"], "kube-backup-two-5d6f-x", "kube-backup-two"],
    [["kube-backup", "kube-backup-two"], "kube-backup-5d6f-x", "kube-backup"],
    [["kube-backup", "other"], "laptop", undefined],
  ];
  for (const [names, pod, expected] of cases)
    test(`of ${pod} among ${names.join(", ") || "none"}`, () => {
      assert.equal(workloadOf(names.map(named), pod)?.name, expected);
    });
});

test("fifteen at once, then one a minute", () => {
  const allowance = new Allowance();
  const after = (seconds: number) => allowance.take(new Date(AT.getTime() + seconds * 1000));
  assert.deepEqual(Array.from({ length: 20 }, () => after(0)).filter((taken) => taken).length, 15);
  assert.deepEqual(
    [after(59), after(60), after(61), after(119), after(120)],
    [false, true, false, false, true],
  );
  assert.equal(Array.from({ length: 40 }, () => after(100_000)).filter((taken) => taken).length, 15);
});
