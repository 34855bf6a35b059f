import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BackupForm, backupOfFile } from "../../../src/store/contract/backup-name.ts";
import { eachNameOnce, oneOfEachName } from "../../../src/store/contract/one-of-each-name.ts";
import type { StoredBackup } from "../../../src/store/contract/store.ts";

function listed(second: number, form: BackupForm): StoredBackup {
  const time = new Date(Date.UTC(2026, 0, 31, 12, 0, second));
  return { name: `backup_20260131T12000${second}Z`, time, form, size: 5, lastModified: time, etag: form };
}

describe("a name that a listing has twice", () => {
  const backups = [listed(1, "zip.age"), listed(2, "zip"), listed(2, "zip.age"), listed(3, "zip")];
  const { etag: _, ...one } = listed(2, "zip");
  const both = { ...one, form: "both", forms: [listed(2, "zip"), listed(2, "zip.age")], size: 10 };
  const expected = [listed(1, "zip.age"), both, listed(3, "zip")];

  it("is one entry, which has no etag", () => {
    assert.deepEqual(oneOfEachName(backups), expected);
    assert.deepEqual(oneOfEachName([]), []);
  });

  it("is one entry across pages", async () => {
    async function* pages() {
      yield* backups;
    }
    assert.deepEqual(await Array.fromAsync(eachNameOnce(pages())), expected);
  });
});

describe("the form of a file", () => {
  const cases: [file: string, found: ReturnType<typeof backupOfFile>][] = [
    ["backup_20260131T120000Z.zip", { name: "backup_20260131T120000Z", form: "zip" }],
    ["backup_20260131T120000Z.zip.age", { name: "backup_20260131T120000Z", form: "zip.age" }],
    ["backup_20260131T120000Z.age", undefined],
    ["backup_20260131T120000Z.zip.age.zip", undefined],
    ["backup_20260231T120000Z.zip.age", undefined],
    ["backup_20260131T120000Z.zip.AGE", undefined],
    [".zip.age", undefined],
  ];
  for (const [file, found] of cases) it(file, () => assert.deepEqual(backupOfFile(file), found));
});
