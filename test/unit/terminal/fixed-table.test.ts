import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fixedTable } from "../../../src/terminal/fixed-table.ts";

const COLUMNS = [
  { title: "NAME", width: 8 },
  { title: "AGE", width: 6, drop: 2 },
  { title: "SIZE", width: 6, align: "right", drop: 1 },
  { title: "STATE", width: 20 },
] as const;

describe("a table of fixed columns", () => {
  it("is as wide as its columns, and its last one of any length", () => {
    const { title, row } = fixedTable(COLUMNS, undefined);
    assert.equal(title, "NAME       AGE        SIZE   STATE");
    assert.deepEqual(row(["a", "1d ago", "2 B", "x".repeat(200)]), [
      `a          1d ago      2 B   ${"x".repeat(200)}`,
    ]);
    assert.deepEqual(row(["a", "", "", ""]), ["a"]);
  });

  it("leaves out what matters least until the rest fits", () => {
    for (const [width, title] of [
      [49, "NAME       AGE        SIZE   STATE"],
      [48, "NAME       AGE      STATE"],
      [40, "NAME       AGE      STATE"],
      [39, "NAME       STATE"],
      [10, "NAME       STATE"],
    ] as const) {
      assert.equal(fixedTable(COLUMNS, width).title, title, `${width} columns`);
    }
  });

  it("wraps the last column in what is left, and breaks words that are longer", () => {
    const lines = fixedTable(COLUMNS, 36).row(["name", "", "", `damaged: ${"y".repeat(30)} is bad`]);
    assert.deepEqual(lines, [`name       damaged: ${"y".repeat(16)}`, `           ${"y".repeat(14)} is bad`]);
    for (const line of lines) assert.ok(line.length <= 36, line);
  });
});
