import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ambiguousMonths,
  formatCalendarLength,
  momentBefore,
  parseCalendarLength,
} from "../../../src/time/calendar-length.ts";

describe("a length by the calendar", () => {
  for (const [text, before] of [
    ["1h", "2026-03-31T11:00:00.000Z"],
    ["36h", "2026-03-30T00:00:00.000Z"],
    ["7d", "2026-03-24T12:00:00.000Z"],
    ["1mo", "2026-03-03T12:00:00.000Z"], // There is no 31 February.
    ["1y", "2025-03-31T12:00:00.000Z"],
    ["2w", "2026-03-17T12:00:00.000Z"],
    ["30min", "2026-03-31T11:30:00.000Z"],
    ["1y5mo7d2h", "2024-10-24T10:00:00.000Z"],
    ["999999y", "-271821-04-20T00:00:00.000Z"],
  ] as const) {
    it(`${text} before is ${before}`, () => {
      const length = parseCalendarLength(text) ?? assert.fail("not read");
      assert.equal(momentBefore(new Date("2026-03-31T12:00:00Z"), length).toISOString(), before);
      assert.equal(formatCalendarLength(length), text);
    });
  }

  it("may come in any order", () => {
    assert.equal(formatCalendarLength(parseCalendarLength("2h7d") ?? assert.fail()), "7d2h");
  });

  for (const [text, part] of [
    ["1m", "1m"],
    ["90d12h30m", "30m"],
    ["1m2d", "1m"],
    ["1mo", undefined],
    ["30min", undefined],
    ["7d", undefined],
  ] as const) {
    it(`${text}: ${part ?? "nothing"} may be months or minutes`, () =>
      assert.equal(ambiguousMonths(text), part));
  }

  for (const text of [
    "",
    "7",
    "d",
    "1d1d",
    "1m1min",
    "1mi",
    "1ms",
    "-1d",
    "1.5d",
    "1d ",
    "1D",
    "1234567890123456d",
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseCalendarLength(text), undefined));
  }
});
