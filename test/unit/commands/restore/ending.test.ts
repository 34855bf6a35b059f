import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type RestoreEnd, restoreEnding } from "../../../../src/commands/restore/ending.ts";
import { PartialError } from "../../../../src/errors.ts";
import type { UnmetReference } from "../../../../src/restore/report/unmet-references.ts";

const UNMET: UnmetReference = {
  kind: "Deployment",
  objects: ["shop/api", "shop/web"],
  resource: "serviceaccounts",
  neededKind: "ServiceAccount",
  needed: ["shop/runner"],
  effect: "start",
  where: "nowhere",
};

const NONE = { created: 0, updated: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0, failed: 0 };

describe("what a restore has done decides how it ends", () => {
  const rows: [
    title: string,
    end: Partial<RestoreEnd>,
    expected: "well" | "partial" | "failed",
    message: RegExp,
  ][] = [
    ["all is back", { summary: { ...NONE, created: 77 } }, "well", /^$/],
    ["all was there", { summary: { ...NONE, unchanged: 70, skipped: 7 } }, "well", /^$/],
    ["nothing was to be done", { summary: NONE }, "well", /^$/],
    [
      "some failed",
      { summary: { ...NONE, created: 70, failed: 7 } },
      "partial",
      /wholly: 7 of 77 objects failed$/,
    ],
    [
      "some failed, and all others were there",
      { summary: { ...NONE, unchanged: 76, failed: 1 } },
      "partial",
      /1 of 77 objects failed$/,
    ],
    [
      "all failed",
      { summary: { ...NONE, failed: 77 } },
      "failed",
      /^Cannot restore b: all 77 objects failed$/,
    ],
    ["the only one failed", { summary: { ...NONE, failed: 1 } }, "failed", /the only object failed$/],
    [
      "all would fail",
      { summary: { ...NONE, failed: 2 }, dryRun: true },
      "failed",
      /all 2 objects would fail$/,
    ],
    [
      "some would fail",
      { summary: { ...NONE, created: 1, failed: 2 }, dryRun: true },
      "partial",
      /2 of 3 objects would fail$/,
    ],
    [
      "what is back lacks what it names",
      { summary: { ...NONE, created: 2 }, unmet: [UNMET] },
      "partial",
      /^Not all of b works: 2 objects lack what they name$/,
    ],
    [
      "what is back is made anew, or is not known",
      {
        unmet: [
          { ...UNMET, effect: "empty" },
          { ...UNMET, where: "unknown" },
        ],
      },
      "well",
      /^$/,
    ],
    [
      "another client was faster",
      { summary: { ...NONE, skipped: 1 }, overtaken: 1 },
      "partial",
      /1 object is as another client/,
    ],
  ];
  for (const [title, end, expected, message] of rows) {
    it(title, () => {
      const error = restoreEnding({
        backup: "b",
        dryRun: false,
        summary: NONE,
        overtaken: 0,
        unmet: [],
        ...end,
      });
      const kind = error === undefined ? "well" : error instanceof PartialError ? "partial" : "failed";
      assert.equal(kind, expected);
      assert.match(error?.message ?? "", message);
    });
  }
});
