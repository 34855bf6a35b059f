import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { splitWords } from "../../../src/command-line/backup-argument.ts";
import { type BackupWord, placeOfWord, readBackupWord } from "../../../src/command-line/backup-word.ts";

const N = "backup_20260131T120000Z";
const named = (place?: Extract<BackupWord, { kind: "named" }>["place"]) =>
  place === undefined ? { kind: "named", name: N } : { kind: "named", name: N, place };
const folder = (folder: string) => named({ kind: "file", folder });
const bucket = (prefix: string) => named({ kind: "s3", bucket: "b-1", prefix });

describe("a word is a backup", () => {
  const rows: [word: string, read: object | undefined][] = [
    ["latest", { kind: "latest" }],
    [N, named()],
    [`${N}.zip`, named()],
    [`${N}.zip.age`, named()],
    [`s3://b-1/${N}.zip`, bucket("")],
    [`s3://b-1/clusters/blue/${N}.zip.age`, bucket("clusters/blue")],
    [`s3://b-1/clusters/blue/${N}`, bucket("clusters/blue")],
    [`file:///var/backups/${N}.zip`, folder("/var/backups/")],
    [`file:backups/${N}.zip`, folder("backups/")],
    [`file:${N}.zip`, folder(".")],
    [`./${N}.zip`, folder(".")],
    [`../${N}.zip`, folder("..")],
    [`/${N}.zip`, folder("/")],
    [`/var/backups/${N}.zip.age`, folder("/var/backups")],
    [`backups/${N}.zip`, folder("backups")],
    [`backups/${N}`, folder("backups")],
    ["deploy", undefined],
    ["deploy/web", undefined],
    ["configmap/files.zip", undefined],
    ["widgets.example.com", undefined],
    ["2h", undefined],
    ["system:node", undefined],
    ["clusterrole/system:node", undefined],
    ["Example:Reader", undefined],
    ["file:reader", undefined],
  ];
  for (const [word, read] of rows) it(word, () => assert.deepEqual(readBackupWord(word), read));
});

describe("a word that is nearly one is told what is wrong", () => {
  const rows: [word: string, problem: RegExp][] = [
    ["backup_2026", /no backup's name/],
    ["backup_20260230T000000Z", /no backup's name/],
    ["shop.zip", /no backup's file: name it as it was stored/],
    ["./shop.zip", /no backup's file/],
    ["./folder/", /no backup's file/],
    ["s3://b-1/blue", /is a store and no backup of it/],
    ["s3://b-1/blue/", /is a store and no backup of it/],
    ["file:///var/backups", /is a store and no backup of it/],
    [`https://b-1.s3.amazonaws.com/${N}.zip`, /has the scheme https/],
    [`s3://key:secret@b-1/${N}.zip`, /^(?!.*secret).*holds credentials/],
  ];
  for (const [word, problem] of rows) {
    it(word, () => {
      const read = readBackupWord(word);
      assert.match(read !== undefined && "problem" in read ? read.problem : String(read), problem);
    });
  }
});

it("a file's name alone is of this folder where no store is set, and a name is of no store", () => {
  assert.deepEqual(placeOfWord(`${N}.zip`), { kind: "file", folder: "." });
  assert.equal(placeOfWord(N), undefined);
  assert.equal(placeOfWord("latest"), undefined);
  assert.equal(placeOfWord("deploy/web"), undefined);
});

describe("words are backups, kinds and names", () => {
  const rows: [words: string, backups: string, others: string][] = [
    ["", "", ""],
    ["latest deploy web", "latest", "deploy web"],
    ["deploy latest", "", "deploy latest"],
    ["deploy/web latest", "latest", "deploy/web"],
    [`deploy web ${N}`, N, "deploy web"],
    [`${N} latest deploy/web`, `${N} latest`, "deploy/web"],
    [`./${N}.zip deploy/web`, `./${N}.zip`, "deploy/web"],
  ];
  const split = (text: string) => text.split(" ").filter((word) => word !== "");
  for (const [words, backups, others] of rows) {
    it(words, () =>
      assert.deepEqual(splitWords(split(words)), { backups: split(backups), others: split(others) }),
    );
  }
});
