import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ManifestNotKept } from "../../../src/archive/format/manifest.ts";
import { describeNotKept } from "../../../src/archive/format/not-kept.ts";

const CRON_JOBS = { resource: "cronjobs.batch", kind: "CronJob" };
const ACCOUNTS = { resource: "serviceaccounts", kind: "ServiceAccount" };
const WIDGETS = { resource: "widgets.example.com", kind: "Widget" };

describe("what a backup does not keep is one line", () => {
  const rows: [title: string, notKept: ManifestNotKept[] | undefined, lines: string[]][] = [
    ["none where everything is kept", [], []],
    ["none where an earlier program did not look", undefined, []],
    [
      "built-in kinds as kinds, and custom ones by their resource",
      [
        { ...CRON_JOBS, objects: 8 },
        { ...ACCOUNTS, objects: 124 },
        { ...WIDGETS, objects: 2 },
      ],
      ["Not kept: CronJobs (8), ServiceAccounts (124), widgets.example.com (2) (--kinds all keeps them)"],
    ],
    [
      "what could not be counted is named apart",
      [{ ...CRON_JOBS, objects: 8 }, ACCOUNTS],
      ["Not kept: CronJobs (8); and not counted, ServiceAccounts (--kinds all keeps them)"],
    ],
    [
      "nothing could be counted",
      [ACCOUNTS, WIDGETS],
      ["Not kept: not counted, ServiceAccounts, widgets.example.com (--kinds all keeps them)"],
    ],
    [
      "many",
      Array.from({ length: 10 }, (_, index) => ({ ...CRON_JOBS, objects: index + 1 })),
      [
        `Not kept: ${[1, 2, 3, 4, 5, 6, 7, 8].map((count) => `CronJobs (${count})`).join(", ")} and 2 more (--kinds all keeps them)`,
      ],
    ],
  ];
  for (const [title, notKept, lines] of rows)
    it(title, () => assert.deepEqual(describeNotKept(notKept), lines));
});
