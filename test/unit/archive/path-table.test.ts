import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { PathTable } from "../../../src/archive/format/path-table.ts";

for (const capacity of [5_000, 0])
  test(`each path is found by its number, and no other, in a table for ${capacity} paths`, () => {
    const paths = Array.from({ length: 5_000 }, (_, index) => `namespaces/team-${index}/secrets.json`);
    const table = new PathTable((number) => Buffer.from(paths[number] ?? ""), capacity);
    for (const [number, path] of paths.entries())
      assert.equal(number % 2 === 0 ? table.add(number) : table.add(number, Buffer.from(path)), true);
    assert.equal(table.size, paths.length);
    for (const [number, path] of paths.entries()) assert.equal(table.find(path), number);
    for (const path of ["", "namespaces/team-1/secrets.jso", "x".repeat(5_000), "größe"]) {
      assert.equal(table.find(path), undefined);
    }
  });

test("a path that comes twice is not added", () => {
  const paths = ["a", "b", "a", ""];
  const table = new PathTable((number) => Buffer.from(paths[number] ?? ""), paths.length);
  assert.deepEqual(
    [0, 1, 2, 3].map((number) => table.add(number)),
    [true, true, false, true],
  );
  assert.equal(table.find("a"), 0);
  assert.equal(table.find(""), 3);
});

test("a table of nothing finds nothing", () => {
  assert.equal(new PathTable(() => Buffer.alloc(0)).find("a"), undefined);
});
