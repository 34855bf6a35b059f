import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keptUntil } from "../../../src/retention/kept-until.ts";
import type { KeepRules } from "../../../src/retention/rules.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date("2026-01-31T12:30:00Z");

/** Backups every so often up to noon of 31 January. */
function backups(count: number, step: number) {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.parse("2026-01-31T12:00:00Z") - index * step);
    return { name: backupName(time), time };
  });
}

const NOON = "backup_20260131T120000Z";

describe("a backup stays until no rule keeps it, were backups to go on", () => {
  const within = { ...{ years: 0, months: 0, weeks: 0, days: 2, hours: 0, minutes: 0, seconds: 0 } };
  const rows: [
    title: string,
    rules: KeepRules,
    interval: number | undefined,
    name: string,
    keep: boolean,
    until: string | undefined,
  ][] = [
    // Counted from now on: the next one comes an hour later.
    ["the last three", { last: 3 }, HOUR, NOON, true, "2026-01-31T15:30:00.000Z"],
    [
      "the second last of three",
      { last: 3 },
      HOUR,
      "backup_20260131T110000Z",
      true,
      "2026-01-31T14:30:00.000Z",
    ],
    ["one that no rule keeps", { last: 3 }, HOUR, "backup_20260131T080000Z", false, undefined],
    [
      "the last of yesterday",
      { daily: 7 },
      HOUR,
      "backup_20260130T230000Z",
      true,
      "2026-02-06T00:30:00.000Z",
    ],
    [
      "a month of days in backups of a minute",
      { daily: 90 },
      60_000,
      "backup_20260130T230000Z",
      true,
      "2026-04-30T00:30:00.000Z",
    ],
    ["within two days", { within }, HOUR, NOON, true, "2026-02-02T12:30:00.000Z"],
    ["for ever", { last: Number.POSITIVE_INFINITY }, HOUR, NOON, true, undefined],
    ["nobody knows the interval", { last: 3 }, undefined, NOON, true, undefined],
    ["none of these", { last: 3 }, HOUR, "backup_20200101T000000Z", false, undefined],
  ];
  for (const [title, rules, interval, name, keep, until] of rows) {
    it(title, () => {
      const kept = keptUntil(backups(48, HOUR), name, { rules, now: NOW, interval });
      assert.deepEqual([kept.keep, kept.until?.toISOString()], [keep, until], kept.reasons.join());
    });
  }

  it("has the reasons that prune has", () => {
    const { reasons } = keptUntil(backups(3, DAY), NOON, {
      rules: { daily: 7, last: 2 },
      now: NOW,
      interval: DAY,
    });
    assert.deepEqual(reasons, ["last 2", "daily 2026-01-31", "newest valid"]);
  });
});
