import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPackName, parsePackName } from "../../../src/change-log/format/pack-name.ts";
import { formatSegmentName } from "../../../src/change-log/format/segment-name.ts";
import { filesToRead, logFileOf } from "../../../src/change-log/replay/plan-files.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 14, 0, second));
const NAME = { until: at(16), number: 42, revision: "98765", count: 8, directory: 431, head: 3051 };

test("the name of a pack is read as it was written, and sorts where its last segment was", () => {
  const file = formatPackName(NAME);
  assert.equal(file, "20261130T140016000Z-00000042-98765-pack-8-431-3051.pack");
  assert.deepEqual(parsePackName(file), NAME);
  const segment = (number: number, second: number) =>
    formatSegmentName({ until: at(second), number, revision: "98765", isBase: true, isEncrypted: true });
  assert.ok(
    segment(41, 15) < file && segment(41, 16) < file && file < segment(43, 16) && file < segment(43, 17),
  );
});

test("what is no name of a pack is none", () => {
  const name = formatPackName(NAME);
  const others = [
    segmentFile(3),
    `${name}.age`,
    name.replace("-8-", "-0-"),
    name.replace("-8-", "-44-"),
    name.replace("-431-", "-4310-"),
    name.replace("20261130", "20260230"),
    "",
  ];
  for (const file of others) assert.equal(parsePackName(file), undefined, file);
});

function segmentFile(number: number): string {
  return formatSegmentName({ until: at(number), number, revision: "1", isBase: false, isEncrypted: false });
}

/** `3` is a segment, `0-7` a pack. */
function fileOf(word: string) {
  const [first = 0, last = first] = word.split("-").map(Number);
  const pack = {
    until: at(last),
    number: last,
    revision: "1",
    count: last - first + 1,
    directory: 1,
    head: 2,
  };
  const file = word.includes("-") ? formatPackName(pack) : segmentFile(first);
  return logFileOf({ place: { timeline: "t", file }, size: 1 });
}

test("a segment is read from the largest file that has it", () => {
  const cases: readonly [listed: string, read: string][] = [
    ["0 1 2", "0 1 2"],
    ["0-7 8 9", "0-7 8 9"],
    // A roll-up that ended before, in and after the removal.
    ["0 1 2 3 4 5 6 7 0-7", "0-7"],
    ["0 1 2 0-7", "0-7"],
    ["0-7 8-15 16", "0-7 8-15 16"],
    ["0-7 8-15 0-15 16", "0-15 16"],
    ["0-7 0-15 16", "0-15 16"],
    ["0-7 6 7 8", "0-7 8"],
    // Two programs.
    ["0-7 4-11 12", "0-7 4-11 12"],
    ["0-7 4-11 0-15", "0-15"],
    ["4-7 8", "4-7 8"],
    ["", ""],
  ];
  for (const [listed, expected] of cases) {
    const files = listed.split(" ").flatMap((word) => (word === "" ? [] : (fileOf(word) ?? [])));
    const read = filesToRead(files).map(({ first, last, is }) =>
      "pack" in is ? `${first}-${last}` : `${first}`,
    );
    assert.equal(read.join(" "), expected, listed);
  }
  assert.equal(logFileOf({ place: { timeline: "t", file: "somebody-elses" }, size: 1 }), undefined);
});
