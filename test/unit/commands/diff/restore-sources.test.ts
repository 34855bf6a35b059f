import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { momentName } from "../../../../src/change-log/replay/moment-name.ts";
import { restoreSources } from "../../../../src/commands/diff/restore-sources.ts";
import type { Side } from "../../../../src/compare/document.ts";

const TIME = "2026-01-31T12:00:07.123Z";
const side = (name: string, kind: Side["kind"] = "backup"): Side => ({ kind, name, time: TIME });
const BACKUP = side("backup_20260131T120000Z");
const CLUSTER = side("prod", "cluster");

describe("the sides of a comparison are restored from", () => {
  const CASES: [title: string, sides: [Side, Side], isTransformed: boolean, sources: object][] = [
    ["a backup", [BACKUP, CLUSTER], false, { left: { backup: BACKUP.name } }],
    [
      "two backups",
      [BACKUP, BACKUP],
      false,
      { left: { backup: BACKUP.name }, right: { backup: BACKUP.name } },
    ],
    ["a moment", [side(momentName(BACKUP.name, 3, TIME)), CLUSTER], false, { left: { at: TIME } }],
    ["nothing: a file with a name of its own", [side("before-upgrade"), CLUSTER], false, {}],
    ["nothing: a backup that was transformed", [BACKUP, CLUSTER], true, {}],
    ["nothing: a cluster with the name of a backup", [BACKUP, side(BACKUP.name, "cluster")], true, {}],
  ];
  for (const [title, [left, right], isTransformed, sources] of CASES)
    it(title, () => assert.deepEqual(restoreSources({ left, right }, { isTransformed }), sources));
});
