import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planHistory, unrecordedTimes } from "../../../src/change-log/history/plan-history.ts";
import type { PlannedSegment } from "../../../src/change-log/replay/plan-moment.ts";

const at = (clock: string) => new Date(`2026-01-31T${clock.padEnd(8, ":00")}Z`);

/** `12:00b 12:05` are a segment that ends at a base, and one that does not. */
function timeline(text: string, name = "t"): { timeline: string; segments: PlannedSegment[] } {
  const segments = text.split(" ").map((word, number): PlannedSegment => {
    const isBase = word.endsWith("b");
    const place = { timeline: name, file: word };
    return { until: at(word.replace("b", "")), number, revision: "1", isBase, isEncrypted: false, place };
  });
  return { timeline: name, segments };
}

const backups = (text: string) =>
  text.split(" ").flatMap((word) => (word === "" ? [] : [{ name: word, time: at(word) }]));

/** `[12:00b 12:05 from 0] 13:00 14:00`. */
function planned(timelines: string[], of: string, range: string): string {
  const [since = "", until = ""] = range.split("-");
  const listed = timelines.map((text, index) => timeline(text, `t${index}`));
  const parts = planHistory(listed, backups(of), { since: at(since), until: at(until) });
  return parts
    .map((part) =>
      part.kind === "compared"
        ? part.backups.map(({ name }) => name).join(" ")
        : `[${part.segments.map(({ place }) => place.file).join(" ")} from ${part.starts.join(",")}]`,
    )
    .join(" ");
}

describe("what tells the history of a range", () => {
  const CASES: [title: string, timelines: string[], backups: string, range: string, plan: string][] = [
    ["nothing where there is nothing", [], "", "12:00-13:00", ""],
    [
      "backups alone, with the newest before",
      [],
      "10:00 11:00 12:30 13:30",
      "12:00-14:00",
      "11:00 12:30 13:30",
    ],
    ["backups alone, none before", [], "12:30 13:30", "12:00-14:00", "12:30 13:30"],
    [
      "the log, from the last base before the range",
      ["11:00b 11:30b 12:10 12:30b 12:50"],
      "11:00 11:30 12:30",
      "12:00-13:00",
      "[11:00b 11:30b 12:10 12:30b 12:50 from 1,0]",
    ],
    [
      "the log, up to the segment that reaches the end",
      ["11:00b 12:10 12:50 13:10 13:20"],
      "11:00",
      "12:00-13:00",
      "[11:00b 12:10 12:50 13:10 from 0]",
    ],
    [
      "backups before the log, and the log; its base is not compared with itself",
      ["12:00:00b 12:40 12:50"],
      "10:00 11:00 12:00",
      "10:30-12:50",
      "10:00 11:00 [12:00:00b 12:40 12:50 from 0]",
    ],
    ["backups behind the log", ["12:00b 12:10"], "12:00 12:30", "12:00-13:00", "[12:00b 12:10 from 0] 12:30"],
    [
      "two timelines, and a backup in the gap",
      ["12:00b 12:10", "12:40b 12:59"],
      "12:00 12:20 12:40",
      "12:00-12:59",
      "[12:00b 12:10 from 0] 12:20 [12:40b 12:59 from 0]",
    ],
    [
      "a timeline up to the beginning of the next one, which has begun before its end",
      ["12:00b 12:10 12:30", "12:20b 12:59"],
      "12:00 12:20",
      "12:00-12:59",
      "[12:00b 12:10 from 0] [12:20b 12:59 from 0]",
    ],
    [
      "none that was within another one",
      ["12:00b 12:10 12:59", "12:20b 12:30"],
      "12:00 12:20",
      "12:00-12:59",
      "[12:00b 12:10 12:59 from 0]",
    ],
    [
      "a timeline that ended before the range, where the range begins in the gap",
      ["11:00b 11:30", "12:40b 12:59"],
      "11:00 12:40",
      "12:00-12:59",
      "[11:00b 11:30 from 0] [12:40b 12:59 from 0]",
    ],
    [
      "not that where a backup is between it and the range",
      ["11:00b 11:30", "12:40b 12:59"],
      "11:00 11:45 12:40",
      "12:00-12:59",
      "11:45 [12:40b 12:59 from 0]",
    ],
    [
      "no timeline that begins behind the range",
      ["12:00b 12:10", "14:00b 14:10"],
      "12:00",
      "12:00-13:00",
      "[12:00b 12:10 from 0]",
    ],
    ["no segments before the first base", ["12:00 12:10b 12:59"], "", "12:00-12:59", "[12:10b 12:59 from 0]"],
  ];
  for (const [title, timelines, of, range, plan] of CASES)
    it(title, () => assert.equal(planned(timelines, of, range), plan));
});

describe("the times of which only backups can tell", () => {
  const CASES: [title: string, timelines: string[], range: string, times: string][] = [
    ["all of it without a log", [], "12:00-13:00", "-"],
    ["none that the log covers", ["11:00b 12:10 13:10"], "12:00-13:00", ""],
    ["what is before the log", ["12:30b 13:10"], "12:00-13:00", "-12:30"],
    ["what is behind the log", ["11:00b 12:10 12:40"], "12:00-13:00", "12:40-"],
    ["a gap", ["11:00b 12:10", "12:20b 13:10"], "12:00-13:00", "12:10-12:20"],
    ["all three", ["12:05b 12:10", "12:20b 12:50"], "12:00-13:00", "-12:05 12:10-12:20 12:50-"],
    ["from the end of a log that ended before", ["10:00b 11:00"], "12:00-13:00", "11:00-"],
    ["not what a log of another program covers", ["11:00b 12:50", "12:20b 12:40"], "12:00-12:45", ""],
  ];
  const clock = (time: Date | undefined) => time?.toISOString().slice(11, 16) ?? "";
  for (const [title, timelines, range, expected] of CASES)
    it(title, () => {
      const [since = "", until = ""] = range.split("-");
      const listed = timelines.map((text, index) => timeline(text, `t${index}`));
      const times = unrecordedTimes(listed, { since: at(since), until: at(until) });
      assert.equal(times.map(({ after, before }) => `${clock(after)}-${clock(before)}`).join(" "), expected);
    });
});
