import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resumeEnding } from "../../../src/commands/resume/resume-results.ts";
import { PartialError } from "../../../src/errors.ts";

const UNREAD = "jobs.batch could not be read: forbidden";

describe("how resume ends", () => {
  const rows: [title: string, outcomes: ("resumed" | "kept" | "failed")[], unread: number, ends: string][] = [
    ["all started", ["resumed", "kept"], 0, "done"],
    ["nothing paused", [], 0, "done"],
    ["one failed", ["resumed", "failed"], 0, "part"],
    ["each failed", ["failed", "failed"], 0, "failed"],
    ["all started of what may be read", ["resumed"], 1, "part"],
    ["nothing paused of what may be read", [], 1, "part"],
    ["nothing may be read", [], 6, "failed"],
  ];
  for (const [title, outcomes, unread, ends] of rows)
    test(`${title}: ${ends}`, () => {
      const results = outcomes.map((outcome) => ({ outcome }));
      const error = resumeEnding(results, {
        namespace: "shop",
        unread: Array(unread).fill(UNREAD),
        nothingRead: unread === 6,
      });
      assert.equal(error === undefined ? "done" : error instanceof PartialError ? "part" : "failed", ends);
    });
});
