import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Decision, decideKeeping } from "../../../src/retention/keep.ts";
import type { KeepRules } from "../../../src/retention/rules.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { parseCalendarLength } from "../../../src/time/calendar-length.ts";

interface Backup {
  name: string;
  time: Date;
}

function backups(times: readonly string[]): Backup[] {
  return times.map((text) => ({ name: backupName(new Date(text)), time: new Date(text) }));
}

const NOW = new Date("2026-03-31T12:00:00Z");

/** What is said of each time, the oldest first. */
function reasons(times: readonly string[], rules: KeepRules, newestValid?: string): Record<string, string> {
  const facts = { now: NOW, newestValid: newestValid && backupName(new Date(newestValid)) };
  const decisions: Decision<Backup>[] = decideKeeping(backups(times), rules, facts);
  return Object.fromEntries(
    decisions.map(({ backup, keep, reasons }) => [
      backup.time.toISOString().slice(0, 16),
      keep ? reasons.join(", ") : `removed: ${reasons}`,
    ]),
  );
}

const within = (text: string) => ({ within: parseCalendarLength(text) ?? assert.fail(text) });
const GONE = "removed: no rule keeps it";

describe("a rule keeps", () => {
  const rows: [title: string, rules: KeepRules, times: Record<string, string>][] = [
    [
      "the newest N",
      { last: 2 },
      { "2026-03-31T09:00": GONE, "2026-03-31T10:00": "last 2", "2026-03-31T11:00": "last 2" },
    ],
    ["all there are, where they are fewer", { last: 3 }, { "2026-03-31T10:00": "last 3" }],
    [
      "all, unlimited",
      { last: Number.POSITIVE_INFINITY },
      { "2026-01-01T10:00": "last, unlimited", "2026-03-31T10:00": "last, unlimited" },
    ],
    [
      "the newest of each hour, and hours without any do not count",
      { hourly: 2 },
      {
        "2026-03-29T10:00": GONE,
        "2026-03-30T10:15": GONE,
        "2026-03-30T10:45": "hourly 2026-03-30T10",
        "2026-03-31T11:00": GONE,
        "2026-03-31T11:59": "hourly 2026-03-31T11",
      },
    ],
    [
      "the newest of each day of UTC",
      { daily: 2 },
      {
        "2026-03-29T23:59": GONE,
        "2026-03-30T00:00": GONE,
        "2026-03-30T23:59": "daily 2026-03-30",
        "2026-03-31T00:00": "daily 2026-03-31",
      },
    ],
    [
      "the newest of each week, which begins on Monday and is of the year of its Thursday",
      { weekly: 3 },
      {
        "2025-12-22T00:00": GONE,
        "2025-12-28T23:59": "weekly 2025-W52", // Sunday
        "2025-12-29T00:00": GONE, // Monday
        "2026-01-04T10:00": "weekly 2026-W01", // Sunday
        "2026-03-30T00:00": "weekly 2026-W14", // Monday
      },
    ],
    [
      "the newest of week 53 of a year that has one",
      { weekly: 2 },
      {
        "2020-12-28T00:00": GONE,
        "2021-01-03T23:00": "weekly 2020-W53",
        "2021-01-04T00:00": "weekly 2021-W01",
      },
    ],
    [
      "the newest of each month",
      { monthly: 2 },
      {
        "2026-02-01T00:00": GONE,
        "2026-02-28T10:00": "monthly 2026-02",
        "2026-03-01T00:00": GONE,
        "2026-03-02T00:00": "monthly 2026-03",
      },
    ],
    [
      "the newest of each year",
      { yearly: 1 },
      { "2025-12-31T23:59": GONE, "2026-01-01T00:00": GONE, "2026-03-01T00:00": "yearly 2026" },
    ],
    [
      "the oldest of all as well, while there are fewer periods than it may keep",
      { daily: 3 },
      {
        "2026-03-30T01:00": "oldest daily 2026-03-30",
        "2026-03-30T02:00": GONE,
        "2026-03-30T03:00": "daily 2026-03-30",
        "2026-03-31T01:00": "daily 2026-03-31",
      },
    ],
    [
      "what is younger than so long before the newest, whatever the time is now",
      within("7d"),
      { "2026-01-03T00:00": GONE, "2026-01-03T00:01": "within 7d", "2026-01-10T00:00": "within 7d" },
    ],
    [
      "what is within years, months, days and hours",
      within("1y2mo3d4h"),
      {
        "2025-01-28T08:00": GONE,
        "2025-01-28T08:01": "within 1y2mo3d4h",
        "2026-03-31T12:00": "within 1y2mo3d4h",
      },
    ],
    [
      "what another one does not: any is enough",
      { last: 1, daily: 2, ...within("1h") },
      {
        "2026-03-30T10:00": GONE,
        "2026-03-30T11:00": "daily 2026-03-30",
        "2026-03-31T11:00": GONE,
        "2026-03-31T11:01": "within 1h",
        "2026-03-31T12:00": "last 1, daily 2026-03-31, within 1h",
      },
    ],
  ];
  for (const [title, rules, times] of rows) {
    it(title, () => {
      assert.deepEqual(
        reasons(
          Object.keys(times).map((time) => `${time}Z`),
          rules,
        ),
        times,
      );
      assert.deepEqual(
        reasons(
          Object.keys(times)
            .reverse()
            .map((time) => `${time}Z`),
          rules,
        ),
        times,
      );
    });
  }
});

describe("whatever the rules", () => {
  it("the newest that is valid stays", () => {
    const times = ["2026-03-01T00:00Z", "2026-03-02T00:00Z", "2026-03-03T00:00Z"];
    assert.deepEqual(reasons(times, { last: 1 }, times[1]), {
      "2026-03-01T00:00": GONE,
      "2026-03-02T00:00": "newest valid",
      "2026-03-03T00:00": "last 1",
    });
  });

  it("a backup from the future stays and takes no other's place", () => {
    const times = ["2026-03-30T00:00Z", "2026-03-31T00:00Z", "2026-03-31T12:00:01Z", "2099-01-01T00:00Z"];
    assert.deepEqual(reasons(times, { last: 1, daily: 1, ...within("1d") }), {
      "2026-03-30T00:00": GONE,
      "2026-03-31T00:00": "last 1, daily 2026-03-31, within 1d",
      "2026-03-31T12:00": "from the future",
      "2099-01-01T00:00": "from the future",
    });
  });

  it("nothing comes of nothing", () => assert.deepEqual(reasons([], { last: 1, ...within("1d") }), {}));
});
