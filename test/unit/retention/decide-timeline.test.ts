import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSegmentName } from "../../../src/change-log/format/segment-name.ts";
import { decideTimeline, type JudgedSegment } from "../../../src/retention/log/decide-timeline.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 14, minute));
const BEGIN = at(30);

/** Segments up to these minutes; with a name one that ends at this backup, with `-` at one that is gone, with `?` at one that nobody can name. */
function segmentsOf(words: string): JudgedSegment[] {
  return words.split(" ").flatMap((word, number): JudgedSegment[] => {
    const [, minute = "", backup = ""] = /^(\d+)(.*)$/.exec(word) ?? [];
    const until = at(Number(minute));
    const name = { until, number, revision: String(number + 1), isBase: backup !== "", isEncrypted: false };
    const segment = { ...name, place: { timeline: "t", file: formatSegmentName(name) } };
    const known = { "": undefined, "-": "gone", "?": "unknown" } as const;
    return [{ segment, backup: backup in known ? known[backup as keyof typeof known] : { name: backup } }];
  });
}

const CASES: readonly [
  name: string,
  segments: string,
  facts: { reaches?: boolean; isLatest?: boolean },
  needed: string | undefined,
  removed: string,
][] = [
  ["the newest base before the range stays, with what follows", "1a 10 20b 25", {}, "b", "1 10"],
  ["a backup that is gone leads to nothing", "1a 10 20- 25", {}, "a", ""],
  ["a backup that nobody can name may be there", "1a 10 20? 25", {}, undefined, "1 10"],
  ["without a base before, the range begins with the first in it", "10 20- 40c", {}, "c", "10 20"],
  ["a timeline that began in the range", "40c", {}, "c", ""],
  ["a timeline without a base", "10 20", {}, undefined, ""],
  ["a timeline that ended before", "1a 10 20b", { reaches: false }, undefined, "1 10 20"],
  [
    "the latest one of its cluster, though it ended before",
    "1a 10 20b 25",
    { reaches: false, isLatest: true },
    "b",
    "1 10",
  ],
  ["at the very beginning of the range is in it", "1a 30b", {}, "a", ""],
];

for (const [name, segments, { reaches = true, isLatest = false }, needed, removed] of CASES) {
  test(`KEEP_LOG: ${name}`, () => {
    const decision = decideTimeline({ segments: segmentsOf(segments), reaches, isLatest }, BEGIN);
    assert.equal(decision.needed, needed);
    assert.equal(decision.removed.map(({ until }) => until.getUTCMinutes()).join(" "), removed);
  });
}
