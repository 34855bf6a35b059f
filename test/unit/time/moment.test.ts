import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseDuration } from "../../../src/time/calendar-length.ts";
import { parseMoment } from "../../../src/time/moment.ts";

const NOW = new Date("2026-01-31T12:00:00Z");

const MOMENTS: [text: string, moment: string][] = [
  ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31t12:00:00z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31 12:00:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31 12:00:00 Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T12:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T12:00:00.25Z", "2026-01-31T12:00:00.250Z"],
  ["2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T13:00+01:00", "2026-01-31T12:00:00.000Z"],
  ["2026-02-01 01:30 +13:30", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T07:00:00-05:00", "2026-01-31T12:00:00.000Z"],
  ["20260131T120000Z", "2026-01-31T12:00:00.000Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
  ["36h", "2026-01-30T00:00:00.000Z"],
  ["2d", "2026-01-29T12:00:00.000Z"],
  ["1d12h", "2026-01-30T00:00:00.000Z"],
  ["1w", "2026-01-24T12:00:00.000Z"],
  ["90m", "2026-01-31T10:30:00.000Z"],
  ["45s", "2026-01-31T11:59:15.000Z"],
  ["0s", "2026-01-31T12:00:00.000Z"],
  ["1y", "2025-01-31T12:00:00.000Z"],
  ["2mo", "2025-12-01T12:00:00.000Z"],
];

const PROBLEMS: [text: string, problem: RegExp][] = [
  ["", /^is no time/],
  ["yesterday", /^is no time/],
  ["12:00", /^is no time/],
  ["2026-01-31", /^is no time/],
  ["1706702400", /^is no time/],
  ["36", /^is no time/],
  ["-36h", /^is no time/],
  ["1.5h", /^is no time/],
  ["36 h", /^is no time/],
  [" 36h", /^is no time/],
  ["2026-01-31T12:00:00Z later", /^is no time/],
  ["31.01.2026 12:00Z", /^is no time/],
  // A time without zone: whose would it be?
  ["2026-01-31T12:00:00", /^has no zone/],
  ["2026-01-31 12:00", /^has no zone/],
  ["20260131T120000", /^has no zone/],
  ["2026-02-30T12:00:00Z", /^is no time that there is/],
  ["2025-02-29T12:00:00Z", /^is no time that there is/],
  ["2026-13-01T12:00:00Z", /^is no time that there is/],
  ["2026-01-31T25:00:00Z", /^is no time that there is/],
  ["2026-01-31T12:60:00Z", /^is no time that there is/],
  ["2026-01-31T12:00:00+25:00", /^is no time that there is/],
  ["20260230T120000Z", /^is no time that there is/],
  ["999999999999w", /^is too long ago/],
];

const LENGTHS: [text: string, milliseconds: number | undefined][] = [
  ["36h", 129_600_000],
  ["1d12h", 129_600_000],
  ["1w", 604_800_000],
  ["1w2d3h4m5s", 788_645_000],
  ["90s", 90_000],
  ["0m", 0],
  ["30m", 1_800_000],
  ["30min", 1_800_000],
  ["1mo", 2_592_000_000],
  ["1y", 31_536_000_000],
  ["12h1d", 129_600_000],
  ["", undefined],
  ["36", undefined],
  ["h", undefined],
  ["1ms", undefined],
  ["1M", undefined],
  ["1d 12h", undefined],
  ["-1d", undefined],
];

describe("a moment", () => {
  for (const [text, moment] of MOMENTS) {
    it(`${text} is ${moment}`, () => {
      const parsed = parseMoment(text, NOW);
      assert.equal("moment" in parsed ? parsed.moment.toISOString() : parsed.problem, moment);
    });
  }
  for (const [text, problem] of PROBLEMS) {
    it(`${JSON.stringify(text)} ${problem.source.slice(1)}`, () => {
      const parsed = parseMoment(text, NOW);
      assert.ok("problem" in parsed, JSON.stringify(parsed));
      assert.match(parsed.problem, problem);
    });
  }
});

describe("a length of time", () => {
  for (const [text, milliseconds] of LENGTHS) {
    it(`${JSON.stringify(text)}: ${milliseconds} ms`, () => assert.equal(parseDuration(text), milliseconds));
  }
});
