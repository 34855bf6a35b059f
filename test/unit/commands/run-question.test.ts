import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runQuestion } from "../../../src/commands/run-question.ts";
import type { GateDecision } from "../../../src/restore-gate/decide.ts";

describe("run on a terminal asks before it writes into the cluster, or removes backups", () => {
  const rows: [decision: GateDecision, prunes: boolean, question: string | undefined][] = [
    [{ action: "restore", because: "fresh" }, false, "Restore into blue (https://blue)?"],
    [{ action: "restore", because: "begun anew", backup: "b" }, false, "Restore into blue (https://blue)?"],
    [{ action: "resume", because: "begun", backup: "b" }, true, "Restore into blue (https://blue)?"],
    [
      { action: "write flag", because: "no backups" },
      false,
      "Write the restore flag into blue (https://blue), and take backups?",
    ],
    [{ action: "none", because: "flag" }, false, undefined],
    [
      { action: "none", because: "flag" },
      true,
      "Take backups of blue (https://blue), and remove backups from s3://b?",
    ],
    [{ action: "error", because: "stale" }, true, undefined],
  ];
  for (const [decision, prunes, question] of rows) {
    it(`${decision.action}, ${decision.because}${prunes ? ", with rules of retention" : ""}`, () => {
      const work = { decision, cluster: "blue (https://blue)", store: "s3://b", frequencyMinutes: 1, prunes };
      assert.equal(runQuestion(work).question, question);
    });
  }

  it("and shows the cluster, the store, and what it would do", () => {
    const { lines } = runQuestion({
      ...{ decision: { action: "none", because: "flag" }, cluster: "blue (https://blue)", store: "s3://b" },
      ...{ frequencyMinutes: 1, prunes: true },
    });
    assert.deepEqual(lines, [
      ["Cluster", "blue (https://blue)"],
      ["Store", "s3://b"],
      ["Gate", "no restore: the namespace backuprestore-donotuse exists"],
      ["Then", "a backup every minute; backups that no rule keeps (KEEP_…) are removed"],
    ]);
  });
});
