import assert from "node:assert/strict";
import { test } from "node:test";
import { nextLimit } from "../../../src/cluster/lists/list.ts";

const KIB = 1024;
const page = (objects: number, bytesEach: number) => ({
  objects,
  bytes: objects * bytesEach,
});

const CASES = [
  {
    name: "small objects call for larger pages, step by step",
    limit: 100,
    page: page(100, 1 * KIB),
    next: 500,
  },
  { name: "and up to a bound", limit: 500, page: page(500, 500), next: 1_000 },
  {
    name: "objects of 20 KiB fill 1 MiB by fifties",
    limit: 100,
    page: page(100, 20 * KIB),
    next: 51,
  },
  { name: "large objects call for smaller pages", limit: 100, page: page(100, 50 * KIB), next: 20 },
  { name: "but never for tiny ones", limit: 100, page: page(100, 1_500 * KIB), next: 10 },
  { name: "an empty page says nothing", limit: 100, page: page(0, 0), next: 100 },
];

for (const { name, limit, page, next } of CASES) {
  test(`page size: ${name}`, () => assert.equal(nextLimit(limit, page, 1024 * KIB), next));
}
