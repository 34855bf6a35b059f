import assert from "node:assert/strict";
import { test } from "node:test";
import { backupOfObject, keyBefore, latestDayOf } from "../../../src/store/s3/s3-listing.ts";

test("The key before a moment sorts before its backup and after all older ones", () => {
  const key = keyBefore("p/", new Date("2026-01-31T12:00:00.900Z")) as string;
  assert.equal(key, "p/backup_20260131T120000");
  assert.ok(key < "p/backup_20260131T120000Z.zip");
  assert.ok(key > "p/backup_20260131T115959Z.zip");
});

test("Moments that no name can say are before all backups or after all of them", () => {
  assert.equal(keyBefore("", undefined), undefined);
  assert.equal(keyBefore("", new Date(Number.NaN)), undefined);
  assert.equal(keyBefore("", new Date("-000001-01-01T00:00:00Z")), undefined);
  const after = keyBefore("", new Date("+010000-01-01T00:00:00Z")) as string;
  assert.ok(after > "backup_99991231T235959Z.zip");
});

test("A listed object is a backup by its whole key", () => {
  const time = new Date("2026-01-31T12:00:00Z");
  const name = "backup_20260131T120000Z";
  for (const form of ["zip", "zip.age"]) {
    const expected = { name, form, time, size: 5 };
    assert.deepEqual(backupOfObject("p/", { key: `p/${name}.${form}`, size: 5 }), expected);
    assert.deepEqual(backupOfObject("", { key: `${name}.${form}`, size: 5 }), expected);
  }
  for (const key of [
    `${name}.zip`,
    `p/x/${name}.zip`,
    `p/${name}.zip/x`,
    `p/${name}`,
    `p/${name}.tgz`,
    "p/",
  ]) {
    assert.equal(backupOfObject("p/", { key, size: 5 }), undefined, key);
  }
});

test("The latest day is read from groups of keys, other groups left out", () => {
  const until = new Date("2026-02-01T12:00:00Z");
  const groups = [
    "p/backup_T",
    "p/backup_20260130T",
    "p/backup_20260131T",
    "p/backup_20260230T",
    "p/backup_20260202T",
    "q/x",
  ];
  assert.equal(latestDayOf(groups, "p/backup_", until)?.toISOString(), "2026-01-31T00:00:00.000Z");
  assert.equal(
    latestDayOf([...groups, "p/backup_20260201T"], "p/backup_", until)?.toISOString(),
    "2026-02-01T00:00:00.000Z",
  );
  assert.equal(latestDayOf(["p/backup_notT"], "p/backup_", until), undefined);
  assert.equal(latestDayOf([], "p/backup_", until), undefined);
});
