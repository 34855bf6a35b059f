import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatSegmentName,
  formatTimeline,
  parseSegmentName,
  parseTimeline,
} from "../../../src/change-log/format/segment-name.ts";
import { isSegmentWord, segmentKey } from "../../../src/store/contract/segments.ts";

const until = new Date("2026-11-30T14:03:16.007Z");

test("names of segments are read as they were written, and sort in the order of time", () => {
  const cases = [
    [{}, "20261130T140316007Z-00000042-98765.jsonl.gz"],
    [{ isBase: true }, "20261130T140316007Z-00000042-98765-base.jsonl.gz"],
    [{ isEncrypted: true }, "20261130T140316007Z-00000042-98765.jsonl.gz.age"],
    [{ isBase: true, isEncrypted: true }, "20261130T140316007Z-00000042-98765-base.jsonl.gz.age"],
  ] as const;
  for (const [given, file] of cases) {
    const name = { until, number: 42, revision: "98765", isBase: false, isEncrypted: false, ...given };
    assert.equal(formatSegmentName(name), file);
    assert.deepEqual(parseSegmentName(file), name);
    assert.equal(segmentKey({ timeline: "t", file }), `log/t/${file}`);
  }
});

test("other files are no segments", () => {
  for (const file of [
    "",
    "20261130T140316007Z-42-98765.jsonl.gz",
    "20261131T140316007Z-00000042-98765.jsonl.gz",
    "20261130T140316007Z-00000042-0.jsonl.gz",
    "20261130T140316007Z-00000042-98765.jsonl",
    "../20261130T140316007Z-00000042-98765.jsonl.gz",
  ])
    assert.equal(parseSegmentName(file), undefined, file);
});

test("names of timelines are read as they were written", () => {
  const name = { began: until, cluster: "01234567", writer: "89abcdef" };
  const text = formatTimeline({ ...name, cluster: "01234567-89ab-cdef-0123-456789abcdef" });
  assert.equal(text, "20261130T140316007Z-01234567-89abcdef");
  assert.deepEqual(parseTimeline(text), name);
  for (const other of ["", "notes", "20261130T140316007Z-01234567", "20261130T140316007Z-0123456x-89abcdef"])
    assert.equal(parseTimeline(other), undefined, other);
});

test("nothing that leads elsewhere becomes part of a key", () => {
  for (const word of ["", ".", "..", "a/b", "a..b", ".a", "a.", "a b", "a\u0000"]) {
    assert.equal(isSegmentWord(word), false, JSON.stringify(word));
    assert.throws(() => segmentKey({ timeline: word, file: "a" }));
    assert.throws(() => segmentKey({ timeline: "a", file: word }));
  }
});
