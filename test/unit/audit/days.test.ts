import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Day, daysOf, missedOf, type TakenBackup, totalOf } from "../../../src/audit/days.ts";

const HOUR = 3_600_000;
const at = (text: string) => new Date(`2026-01-${text}Z`);

function backup(time: string, interval: number | null = HOUR, lineage = "blue"): TakenBackup {
  return { name: time, time: at(time), interval: interval ?? undefined, lineage };
}

describe("what was due and did not come", () => {
  const UNTIL = "31T12:00:00";
  const CASES: [title: string, backups: TakenBackup[], missed: string[]][] = [
    ["none, while each is there", [backup("31T10:00:00"), backup("31T11:00:00"), backup("31T12:00:00")], []],
    ["none, of one that is a little late", [backup("31T10:00:00"), backup("31T11:20:00")], []],
    [
      "one, of one that is late by more than half of its interval",
      [backup("31T10:00:00"), backup("31T11:31:00")],
      ["31T11:00:00"],
    ],
    [
      "two, of a gap of three intervals",
      [backup("31T08:00:00"), backup("31T11:00:00")],
      ["31T09:00:00", "31T10:00:00"],
    ],
    ["those since the last one", [backup("31T09:00:00")], ["31T10:00:00", "31T11:00:00"]],
    ["none, where no loop took any", [backup("30T09:00:00", null)], []],
    ["none right after one by hand", [backup("31T10:00:00"), backup("31T11:20:00", null)], []],
    [
      "some, after one by hand that the loop does not follow",
      [backup("31T08:00:00"), backup("31T09:00:00", null)],
      ["31T10:00:00", "31T11:00:00"],
    ],
    [
      "each cluster's own",
      [
        backup("31T09:00:00"),
        backup("31T10:00:00", HOUR, "green"),
        backup("31T10:00:00"),
        backup("31T11:00:00"),
      ],
      ["31T11:00:00"],
    ],
    [
      "by the interval of then",
      [backup("31T06:00:00", 4 * HOUR), backup("31T10:00:00", HOUR), backup("31T11:00:00")],
      [],
    ],
  ];
  for (const [title, backups, missed] of CASES) {
    test(title, () => {
      assert.deepEqual(
        missedOf(backups, at(UNTIL))
          .map((time) => time.toISOString())
          .sort(),
        missed.map((text) => at(text).toISOString()),
      );
    });
  }
});

test("days are those of UTC, the first and the last in part, and have what was done then", () => {
  const days = daysOf(
    {
      backups: [backup("29T23:00:00", null), backup("30T00:00:00", null), backup("30T23:59:59", null)],
      deeds: [
        { kind: "verified", backup: "x", time: at("30T10:00:00"), isGood: true },
        { kind: "rehearsed", backup: "x", time: at("30T11:00:00"), isGood: false },
        { kind: "restored", backup: "x", time: at("31T11:00:00"), isGood: false },
        { kind: "restored", backup: "x", time: at("31T12:30:00"), isGood: true },
      ],
    },
    { from: at("29T23:30:00"), until: at("31T12:00:00") },
  );
  const none = { taken: 0, missed: 0, verified: 0, rehearsed: 0, refused: 0, restored: 0, failed: 0 };
  const expected: Day[] = [
    { date: "2026-01-29", ...none },
    { date: "2026-01-30", ...none, taken: 2, verified: 1, rehearsed: 1, refused: 1 },
    { date: "2026-01-31", ...none, restored: 1, failed: 1 },
  ];
  assert.deepEqual(days, expected);
  assert.deepEqual(totalOf(days), {
    ...none,
    taken: 2,
    verified: 1,
    rehearsed: 1,
    refused: 1,
    restored: 1,
    failed: 1,
  });
});
