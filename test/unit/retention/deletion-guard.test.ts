import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type NamedBackup, objectionsTo } from "../../../src/retention/deletion-guard.ts";

const NAMED: NamedBackup = { reasons: [], cluster: "blue (1)", leavesValid: true };
const itself = { name: "backup_20260131T120000Z", objects: 100 };
const newest = (objects: number) => ({ name: "backup_20260131T130000Z", objects });

describe("a backup that is named may not be deleted without --force", () => {
  const rows: [title: string, facts: Partial<NamedBackup>, ...objections: string[]][] = [
    ["which no rule would keep", {}],
    ["which is the newest valid", { reasons: ["newest valid"] }, "it is the newest valid backup of blue (1)"],
    [
      "which is the last valid one",
      { reasons: ["newest valid"], leavesValid: false },
      "no valid backup of blue (1) would be left",
    ],
    [
      "which is the newest complete one",
      { reasons: ["newest complete"] },
      "it is the newest complete backup of blue (1)",
    ],
    [
      "which may be under restore",
      { reasons: ["may be under restore"] },
      "it was the newest within the minimum age, and may be under restore",
    ],
    [
      "for several reasons",
      { reasons: ["may be under restore", "newest valid"] },
      "it was the newest within the minimum age, and may be under restore",
      "it is the newest valid backup of blue (1)",
    ],
    // Who names it knows, and it takes no other's place.
    ["which is damaged", { reasons: ["damaged"], cluster: undefined }],
    ["which is from the future", { reasons: ["from the future"], cluster: undefined }],
    ["which came just now", { reasons: ["stored within 1d"] }],
    [
      "of a newer format",
      { reasons: ["newer format"], cluster: undefined },
      "a later version of kube-backup wrote it, and nobody here can say what it holds",
    ],
    [
      "which nobody can open",
      { reasons: ["encrypted"], cluster: undefined },
      "no key that is given opens it and it has no note, so that nobody can say whether another one is left",
    ],
    [
      "which was replaced",
      { reasons: ["changed"], cluster: undefined },
      "it was replaced since it was listed",
    ],
    ["by its tag", { reasons: ["tag keep"] }, "it has the tag keep"],
    ["for a reason that comes later", { reasons: ["held by somebody"] }, "held by somebody"],
    ["which holds as much as the newest", { compared: { itself, newest: newest(50) } }],
    [
      "which holds what the newest has lost",
      { compared: { itself, newest: newest(49) } },
      "the newest backup backup_20260131T130000Z holds 49 objects, less than half of the 100 in backup_20260131T120000Z",
    ],
  ];
  for (const [title, facts, ...objections] of rows) {
    it(`${title}: ${objections.length > 0}`, () =>
      assert.deepEqual(objectionsTo({ ...NAMED, ...facts }), objections));
  }
});
