import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatBytes } from "../../../src/terminal/bytes.ts";
import { formatAge, formatDuration } from "../../../src/terminal/duration.ts";
import { formatTable } from "../../../src/terminal/table.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a duration is written in its two largest units", () => {
  for (const [milliseconds, text] of [
    [0, "0.0s"],
    [-5, "0.0s"],
    [440, "0.4s"],
    [949, "0.9s"],
    [950, "1s"],
    [12_400, "12s"],
    [59_600, "1m"],
    [3 * MINUTE + 12 * SECOND, "3m 12s"],
    [HOUR, "1h"],
    [2 * HOUR + 59 * MINUTE + 59 * SECOND, "2h 59m"],
    [DAY + 5 * HOUR, "1d 5h"],
    [400 * DAY, "400d"],
  ] as const) {
    it(`${milliseconds} ms: ${text}`, () => assert.equal(formatDuration(milliseconds), text));
  }
});

describe("an age is written in its largest unit, rounded down", () => {
  for (const [milliseconds, text] of [
    [0, "0s ago"],
    [59_999, "59s ago"],
    [MINUTE, "1m ago"],
    [2 * HOUR - 1, "1h ago"],
    [47 * HOUR, "1d ago"],
    [-5 * MINUTE, "in 5m"],
  ] as const) {
    it(`${milliseconds} ms: ${text}`, () => assert.equal(formatAge(milliseconds), text));
  }
});

describe("a size is written in powers of 1,024", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [10_189, "10 KiB"],
    [1024 * 1024 - 1, "1.0 MiB"],
    [34 * 1024 ** 2, "34 MiB"],
    [5.25 * 1024 ** 3, "5.3 GiB"],
    [5000 * 1024 ** 4, "5000 TiB"],
  ] as const) {
    it(`${bytes}: ${text}`, () => assert.equal(formatBytes(bytes), text));
  }
});

it("a table lines its columns up, numbers to the right, without spaces at the end of a line", () => {
  const columns = [{ title: "KIND" }, { title: "COUNT", align: "right" }, { title: "NOTE" }] as const;
  const rows = [
    ["Deployment", "7", "größer"],
    ["Pod", "1200", ""],
  ];
  assert.deepEqual(formatTable({ columns, rows }), [
    "KIND         COUNT   NOTE",
    "Deployment       7   größer",
    "Pod           1200",
  ]);
  assert.deepEqual(formatTable({ columns, rows: [] }), ["KIND   COUNT   NOTE"]);
});

describe("a table on a terminal of its width", () => {
  const columns = [
    { title: "NAME" },
    { title: "REASON", minWidth: 8 },
    { title: "NOTE", minWidth: 8 },
  ] as const;
  const name = "a-name-that-is-copied-from-here";
  const rows = [[name, "the webhook refused it for a reason of its own", "none"]];
  const table = (width: number | undefined, cells = rows) => formatTable({ columns, rows: cells, width });

  for (const [width, row] of [
    [undefined, `${name}   the webhook refused it for a reason of its own   none`],
    [87, `${name}   the webhook refused it for a reason of its own   none`],
    [86, `${name}   the webhook refused it for a reason of its o…   none`],
    [60, `${name}   the webhook refuse…   none`],
    [50, `${name}   the webh…   none`],
    // A name is never shortened, and no column below eight.
    [10, `${name}   the web…   none`],
  ] as const) {
    it(`${width}`, () => assert.equal(table(width)[1], row));
  }

  it("shortens the widest column first", () => {
    const even = [["x", "a".repeat(30), "b".repeat(20)]];
    assert.equal(table(40, even)[1], `x      ${"a".repeat(14)}…   ${"b".repeat(14)}…`);
  });

  it("of very many rows is no trouble", () => {
    const many = Array.from({ length: 200_000 }, (_, index) => [String(index), "", ""]);
    assert.equal(table(80, many).length, 200_001);
  });
});
