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
  // A clock: the last time that it showed this.
  ["12:00Z", "2026-01-31T12:00:00.000Z"],
  ["12:00:01Z", "2026-01-30T12:00:01.000Z"],
  ["13:30+02:00", "2026-01-31T11:30:00.000Z"],
  ["00:30 +14:00", "2026-01-31T10:30:00.000Z"],
  // A date: its end.
  ["2026-01-30Z", "2026-01-30T23:59:59.999Z"],
  ["2026-01-30+05:30", "2026-01-30T18:29:59.999Z"],
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
  ["1:00", /^is no time/],
  ["24:00", /^is no time/],
  ["12:60Z", /^is no time that there is/],
  ["12:00+25:00", /^is no time that there is/],
  ["2026-02-30", /^is no time that there is/],
  ["2026-01-31+25:00", /^is no time that there is/],
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
  ["12:00", /^has no zone/],
  ["2026-01-31", /^has no zone/],
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

/** On a terminal of a zone, at a moment. */
const LOCAL: [text: string, zone: string, now: string, expected: string, dates?: "start"][] = [
  [
    "14:03",
    "Europe/Berlin",
    "2026-01-31T13:03:00Z",
    "2026-01-31T14:03:00+01:00, in UTC 2026-01-31T13:03:00Z",
  ],
  [
    "14:03:16",
    "Europe/Berlin",
    "2026-01-31T13:03:15Z",
    "2026-01-30T14:03:16+01:00, in UTC 2026-01-30T13:03:16Z",
  ],
  [
    "23:30",
    "America/New_York",
    "2026-01-31T03:00:00Z",
    "2026-01-29T23:30:00-05:00, in UTC 2026-01-30T04:30:00Z",
  ],
  [
    "00:10",
    "Pacific/Auckland",
    "2026-01-31T12:00:00Z",
    "2026-02-01T00:10:00+13:00, in UTC 2026-01-31T11:10:00Z",
  ],
  ["14:03", "Asia/Kolkata", "2026-07-01T12:00:00Z", "2026-07-01T14:03:00+05:30, in UTC 2026-07-01T08:33:00Z"],
  [
    "2026-07-01 14:03",
    "Europe/Berlin",
    "2026-01-31T12:00:00Z",
    "2026-07-01T14:03:00+02:00, in UTC 2026-07-01T12:03:00Z",
  ],
  [
    "2026-01-31",
    "Europe/Berlin",
    "2026-01-31T12:00:00Z",
    "2026-01-31T23:59:59+01:00, in UTC 2026-01-31T22:59:59Z",
  ],
  [
    "2026-01-31",
    "Europe/Berlin",
    "2026-01-31T12:00:00Z",
    "2026-01-31T00:00:00+01:00, in UTC 2026-01-30T23:00:00Z",
    "start",
  ],
  // The clocks are put forward on 29 March at 2:00, and back on 25 October at 3:00.
  [
    "2026-03-29",
    "Europe/Berlin",
    "2026-04-01T12:00:00Z",
    "2026-03-29T23:59:59+02:00, in UTC 2026-03-29T21:59:59Z",
  ],
  [
    "2026-10-25",
    "Europe/Berlin",
    "2026-11-01T12:00:00Z",
    "2026-10-25T23:59:59+01:00, in UTC 2026-10-25T22:59:59Z",
  ],
  [
    "02:30",
    "Europe/Berlin",
    "2026-03-28T12:00:00Z",
    "2026-03-28T02:30:00+01:00, in UTC 2026-03-28T01:30:00Z",
  ],
  [
    "02:30",
    "Europe/Berlin",
    "2026-03-29T12:00:00Z",
    "is no time of 2026-03-29 in Europe/Berlin, where the clocks are put forward: write another",
  ],
  [
    "2026-03-29T02:30",
    "Europe/Berlin",
    "2026-04-29T12:00:00Z",
    "is no time of 2026-03-29 in Europe/Berlin, where the clocks are put forward: write another",
  ],
  [
    "02:30",
    "Europe/Berlin",
    "2026-10-25T00:45:00Z",
    "2026-10-25T02:30:00+02:00, in UTC 2026-10-25T00:30:00Z",
  ],
  [
    "02:30",
    "Europe/Berlin",
    "2026-10-25T12:00:00Z",
    "is there twice in Europe/Berlin, where the clocks are put back: write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
  ],
  ["2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25T01:30:00.000Z"],
  // Midnight is passed over where the clocks are put forward at midnight.
  [
    "2026-04-23",
    "Africa/Cairo",
    "2026-05-01T12:00:00Z",
    "2026-04-23T23:59:59+02:00, in UTC 2026-04-23T21:59:59Z",
  ],
  [
    "2026-04-24",
    "Africa/Cairo",
    "2026-05-01T12:00:00Z",
    "2026-04-24T01:00:00+03:00, in UTC 2026-04-23T22:00:00Z",
    "start",
  ],
  // What has a zone of its own needs none, and is not told of.
  ["14:03Z", "Europe/Berlin", "2026-01-31T15:00:00Z", "2026-01-31T14:03:00.000Z"],
  ["36h", "Europe/Berlin", "2026-01-31T12:00:00Z", "2026-01-30T00:00:00.000Z"],
  [
    "20260131T120000",
    "Europe/Berlin",
    "2026-01-31T12:00:00Z",
    "has no zone: add Z for UTC, or one such as +02:00",
  ],
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
      const parsed = parseMoment(text, { now: NOW });
      assert.equal("moment" in parsed ? parsed.moment.toISOString() : parsed.problem, moment);
    });
  }
  for (const [text, problem] of PROBLEMS) {
    it(`${JSON.stringify(text)} ${problem.source.slice(1)}`, () => {
      const parsed = parseMoment(text, { now: NOW });
      assert.ok("problem" in parsed, JSON.stringify(parsed));
      assert.match(parsed.problem, problem);
    });
  }
});

describe("a time without a zone, on a terminal", () => {
  for (const [text, zone, now, expected, dates = "end"] of LOCAL) {
    it(`${text} in ${zone} at ${now}${dates === "start" ? ", from its start" : ""}: ${expected}`, () => {
      const parsed = parseMoment(text, { now: new Date(now), zone, dates });
      if ("problem" in parsed) assert.equal(parsed.problem, expected);
      else assert.equal(parsed.local ?? parsed.moment.toISOString(), expected);
    });
  }
});

describe("a length of time", () => {
  for (const [text, milliseconds] of LENGTHS) {
    it(`${JSON.stringify(text)}: ${milliseconds} ms`, () => assert.equal(parseDuration(text), milliseconds));
  }
});
