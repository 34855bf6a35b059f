/** When rehearsals are due. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextRehearsal, notLater, type RehearsalFacts } from "../../../src/rehearse/next-rehearsal.ts";
import { parseRehearse, rehearsalUser } from "../../../src/settings/rehearsal.ts";
import type { Schedule } from "../../../src/time/schedule.ts";

/** `03-28 10:00` of 2026, whose summer time begins in Europe at 01:00 UTC of 29 March. */
const at = (text: string) => new Date(`2026-${text.replace(" ", "T")}:00Z`);
const schedule = (text: string): Schedule => {
  const parsed = parseRehearse(text);
  assert.ok("value" in parsed, text);
  return parsed.value;
};

type Times = Partial<Record<"since" | "last" | "failed", string>>;

function facts(text: string, { since = "03-28 10:00", last, failed }: Times): RehearsalFacts {
  return {
    ...{ schedule: schedule(text), since: at(since) },
    ...{
      last: last === undefined ? undefined : at(last),
      failed: failed === undefined ? undefined : at(failed),
    },
  };
}

describe("the next rehearsal", () => {
  const cases: [title: string, schedule: string, times: Times, due: string][] = [
    ["never rehearsed, by interval: at once", "7d", {}, "03-28 10:00"],
    ["never rehearsed, by time of day: when that comes", "03:30", {}, "03-29 03:30"],
    ["and on the same day where it is to come", "23:59", {}, "03-28 23:59"],
    ["a start on the minute waits for the next day", "10:00", {}, "03-29 10:00"],
    ["an interval counts from the last, not from the start", "7d", { last: "03-25 09:00" }, "04-01 09:00"],
    ["a time of day on the day after the last", "03:30", { last: "03-28 03:30" }, "03-29 03:30"],
    ["and on the same day after one by hand", "03:30", { last: "03-28 02:00" }, "03-28 03:30"],
    ["summer time changes nothing: UTC has none", "02:30", { last: "03-28 02:31" }, "03-29 02:30"],
    ["over the end of a year's month", "00:00", { last: "03-31 00:00" }, "04-01 00:00"],
    ["one that was missed is made up for", "03:30", { last: "03-26 03:30" }, "03-27 03:30"],
    ["an interval that was missed, too", "1d", { last: "03-20 00:00" }, "03-21 00:00"],
    [
      "one without a result is tried again in an hour",
      "03:30",
      { last: "03-27 03:30", failed: "03-28 03:30" },
      "03-28 04:30",
    ],
    ["without any before it, too", "03:30", { since: "03-27 10:00", failed: "03-28 03:30" }, "03-28 04:30"],
    [
      "an interval of less than an hour is no reason to wait longer",
      "5m",
      { failed: "03-28 10:00" },
      "03-28 10:05",
    ],
    [
      "what is due later than the next try is the next",
      "1h",
      { last: "03-28 10:30", failed: "03-28 10:10" },
      "03-28 11:30",
    ],
  ];
  for (const [title, text, times, due] of cases) {
    it(`${title}: ${due}`, () => {
      assert.deepEqual(nextRehearsal(facts(text, times)), at(due));
    });
  }

  const back: [title: string, schedule: string, times: Times, now: string, due: string][] = [
    [
      "the clock was set back since the last: as if it was now",
      "7d",
      { last: "12-31 00:00" },
      "03-28 11:00",
      "04-04 11:00",
    ],
    ["with a time of day", "03:30", { last: "12-31 00:00" }, "03-28 11:00", "03-29 03:30"],
    ["since the start", "03:30", { since: "12-31 00:00" }, "03-28 11:00", "03-29 03:30"],
    ["since a try", "7d", { failed: "12-31 00:00" }, "03-28 11:00", "03-28 12:00"],
    ["a clock that goes on changes nothing", "7d", { last: "03-25 09:00" }, "03-28 11:00", "04-01 09:00"],
  ];
  for (const [title, text, times, now, due] of back) {
    it(`${title}: ${due}`, () => {
      assert.deepEqual(nextRehearsal(notLater(facts(text, times), at(now))), at(due));
    });
  }
});

describe("REHEARSE", () => {
  const good: [text: string, schedule: Schedule][] = [
    ["03:30", { kind: "daily", minute: 210 }],
    ["00:00Z", { kind: "daily", minute: 0 }],
    ["23:59z", { kind: "daily", minute: 1439 }],
    ["7d", { kind: "every", interval: 7 * 86_400_000 }],
    ["1d12h", { kind: "every", interval: 36 * 3_600_000 }],
    ["60s", { kind: "every", interval: 60_000 }],
  ];
  for (const [text, expected] of good) {
    it(`${text} is one`, () => assert.deepEqual(schedule(text), expected));
  }
  for (const text of ["24:00", "3:30", "03:60", "03:30+01:00", "30 3 * * *", "daily", "59s", "0", "7"]) {
    it(`${text} is none`, () => {
      const parsed = parseRehearse(text);
      assert.ok("problem" in parsed);
      assert.match(parsed.problem, /write for example 03:30, or 7d$/);
    });
  }

  it("impersonates the ServiceAccount of the manifests, unless REHEARSE_AS names another user", () => {
    const account = "system:serviceaccount:tools:kube-backup-rehearsal";
    assert.equal(rehearsalUser({ programNamespace: "tools" }), account);
    assert.equal(rehearsalUser({ programNamespace: "tools", rehearseAs: "someone" }), "someone");
  });
});
