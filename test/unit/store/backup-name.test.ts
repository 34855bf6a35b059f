import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  backupName,
  backupNameOfFile,
  backupTime,
  fileOfBackup,
} from "../../../src/store/contract/backup-name.ts";

describe("A backup's name", () => {
  test("says its moment to the second, in UTC", () => {
    assert.equal(backupName(new Date("2026-01-31T23:59:59.999Z")), "backup_20260131T235959Z");
    assert.equal(backupTime("backup_20260131T235959Z")?.toISOString(), "2026-01-31T23:59:59.000Z");
  });

  test("comes back from its moment, and sorts as moments do", () => {
    const seconds = fc.integer({ min: Date.UTC(1, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        const [nameA, nameB] = [backupName(new Date(a * 1000)), backupName(new Date(b * 1000))];
        assert.equal(backupTime(nameA)?.getTime(), a * 1000);
        assert.equal(nameA < nameB, a < b);
      }),
    );
  });

  for (const name of [
    "backup_20260230T000000Z",
    "backup_20251301T000000Z",
    "backup_20260131T240000Z",
    "backup_20260131T235960Z",
    "backup_20260131T235959",
    "backup_20260131T235959Z.zip",
    " backup_20260131T235959Z",
    "backup_20260131T235959Z\n",
    "backup_2026013T1235959Z",
    "",
  ]) {
    test(`is not ${JSON.stringify(name)}`, () => {
      assert.equal(backupTime(name), undefined);
      assert.throws(() => fileOfBackup(name), { name: "OperatorError", message: /is no backup's name$/ });
    });
  }

  test("is found in its file's name alone", () => {
    assert.equal(backupNameOfFile("backup_20260131T235959Z.zip"), "backup_20260131T235959Z");
    assert.equal(fileOfBackup("backup_20260131T235959Z"), "backup_20260131T235959Z.zip");
    for (const file of [
      "backup_20260131T235959Z",
      "backup_20260230T000000Z.zip",
      "x/backup_20260131T235959Z.zip",
    ]) {
      assert.equal(backupNameOfFile(file), undefined, file);
    }
  });
});
