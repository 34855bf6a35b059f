import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planReads, type Readable } from "../../../src/change-log/replay/plan-reads.ts";

const KIB = 1024;

/** `alone p:0-2 q:0-1` are a segment that is alone, and two in packs, from and to in KiB. */
function segmentsOf(text: string): Readable[] {
  return text.split(" ").map((word) => {
    const [, file, start = "", end = ""] = /^(\w):(\d+)-(\d+)$/.exec(word) ?? [];
    if (file === undefined) return {};
    return { packed: { pack: { timeline: "t", file }, start: Number(start) * KIB, end: Number(end) * KIB } };
  });
}

function planned(text: string): string {
  return planReads(segmentsOf(text))
    .map(({ segments, range }) => {
      if (range === undefined) return "alone";
      return `${range.pack.file}:${range.start / KIB}-${range.end / KIB} (${segments.length})`;
    })
    .join(" ");
}

describe("the requests for segments", () => {
  const CASES: [title: string, segments: string, reads: string][] = [
    ["one for each that is alone", "alone alone", "alone alone"],
    ["one for what follows each other in a pack", "p:0-2 p:2-4 p:4-5", "p:0-5 (3)"],
    ["one for what is near", "p:0-2 p:10-12", "p:0-12 (2)"],
    ["several for what is far", "p:0-2 p:100-102", "p:0-2 (1) p:100-102 (1)"],
    ["one for each pack", "p:0-2 q:2-4", "p:0-2 (1) q:2-4 (1)"],
    ["what is alone in between", "p:0-2 alone p:2-4", "p:0-2 (1) alone p:2-4 (1)"],
    ["not more than 4 MiB at once", "p:0-4000 p:4000-5000", "p:0-4000 (1) p:4000-5000 (1)"],
    ["a large segment at once", "p:0-9000", "p:0-9000 (1)"],
  ];
  for (const [title, segments, expected] of CASES) it(title, () => assert.equal(planned(segments), expected));

  it("are few, however many segments there are, and leave out the widest gaps", () => {
    const spread = (every: number) =>
      Array.from({ length: 300 }, (_, index) => `p:${index * every}-${index * every + 1}`).join(" ");
    const countOf = (text: string) => planned(text).match(/p:/g)?.length;
    // 300 KiB from one to the next, 88 MiB in all: 4 MiB at a time.
    assert.equal(countOf(spread(300)), 22);
    assert.equal(countOf(spread(40)), 3);
    const uneven = Array.from({ length: 300 }, (_, index) => {
      const start = index * 20 + Math.floor(index / 10) * 500;
      return `p:${start}-${start + 1}`;
    }).join(" ");
    assert.equal(countOf(uneven), 30);
    const bytes = planReads(segmentsOf(uneven)).reduce(
      (sum, { range }) => sum + (range === undefined ? 0 : range.end - range.start),
      0,
    );
    assert.equal(bytes, 30 * (9 * 20 + 1) * KIB);
  });
});
