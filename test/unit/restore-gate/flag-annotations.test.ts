import assert from "node:assert/strict";
import { test } from "node:test";
import { flagAnnotations, readFlagAnnotations } from "../../../src/objects/flag-annotations.ts";
import { describeMissingFlag } from "../../../src/restore-gate/missing-flag.ts";

const TIME = new Date("2026-03-01T12:00:00Z");

test("what a restore flag says is read as it was written", () => {
  const facts = {
    reason: "restored" as const,
    backup: "backup_20260301T115000Z",
    cluster: { id: "11111111-2222", name: "blue" },
    store: "s3://backups/blue",
    time: TIME,
    objects: 12,
  };
  assert.deepEqual(readFlagAnnotations(flagAnnotations(facts)), facts);
  const nothing = { reason: "nothing to restore" as const, store: "file:///backups", time: TIME };
  assert.deepEqual(readFlagAnnotations(flagAnnotations(nothing)), nothing);
});

const FOUND: Record<string, [Record<string, string> | undefined, object]> = {
  "made by hand": [undefined, {}],
  "annotations of others": [{ "example.com/reason": "restored" }, {}],
  "values that nobody writes": [
    {
      "kube-backup/backup": "../etc",
      "kube-backup/cluster": "a b",
      "kube-backup/time": "yesterday",
      "kube-backup/objects": "-1",
      "kube-backup/reason": "",
    },
    {},
  ],
};

for (const [name, [annotations, facts]] of Object.entries(FOUND)) {
  test(`a restore flag with ${name}`, () => {
    assert.deepEqual(readFlagAnnotations(annotations), facts);
  });
}

test("a missing restore flag is told of with what to do, and no other", () => {
  assert.match(
    describeMissingFlag("absent")?.advice ?? "",
    /in use already: kubectl create namespace backuprestore-donotuse$/,
  );
  assert.equal(describeMissingFlag("present"), undefined);
  assert.equal(describeMissingFlag("terminating"), undefined);
});
