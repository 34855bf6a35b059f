import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestTo, type PlannedSegment, rangesTo } from "../../../src/change-log/replay/plan-moment.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30, 14, 0, seconds));

/** Segments that reach these seconds; those with a `b` end at a base. */
function segmentsOf(words: string): PlannedSegment[] {
  return words.split(" ").map((word, number) => ({
    ...{ until: at(Number.parseInt(word, 10)), number, revision: String(number + 1) },
    ...{ isBase: word.endsWith("b"), isEncrypted: false, place: { timeline: "t", file: word } },
  }));
}

test("a moment is reached from each base before it, the nearest first", () => {
  const cases: readonly [segments: string, second: number, ranges: string][] = [
    ["0b 5 10 15", 7, "0:1,2"],
    ["0b 5 10 15", 10, "0:1,2"],
    ["0b 5 10 15", 15, "0:1,2,3"],
    ["0b 5 10 15", 16, ""],
    ["0b", 0, "0:"],
    ["0b", 1, ""],
    ["0b 5 10b 15 20", 12, "2:3 0:1,2,3"],
    ["0b 5 10b 15 20", 10, "2: 0:1,2"],
    ["0b 5 10b 15 20", 9, "0:1,2"],
    ["5 10", 7, ""],
    ["0b 5 5 10", 5, "0:1"],
  ];
  for (const [segments, second, expected] of cases) {
    const found = rangesTo(segmentsOf(segments), at(second))
      .map(({ base, following }) => `${base.number}:${following.map(({ number }) => number).join()}`)
      .join(" ");
    assert.equal(found, expected, `${segments} at ${second}`);
  }
});

test("the nearest moments are the ends of what is covered on both sides", () => {
  const ranges = [
    { from: at(0), until: at(10) },
    { from: at(20), until: at(30) },
    { from: at(40), until: at(50) },
  ];
  assert.deepEqual(nearestTo(ranges, at(15)), { before: at(10), after: at(20) });
  assert.deepEqual(nearestTo(ranges, at(35)), { before: at(30), after: at(40) });
  assert.deepEqual(nearestTo(ranges, at(55)), { before: at(50), after: undefined });
  assert.deepEqual(nearestTo([], at(5)), { before: undefined, after: undefined });
});
