import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { mergePatch } from "../../../src/kubernetes/merge-patch.ts";

const CASES: [what: string, from: JsonObject, to: JsonObject, patch: JsonObject][] = [
  ["equal objects", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, {}],
  ["another value", { a: 1 }, { a: 2 }, { a: 2 }],
  ["a member more", { a: 1 }, { a: 1, b: {} }, { b: {} }],
  ["a member fewer", { a: 1, b: { c: 1 } }, { a: 1 }, { b: null }],
  ["nested", { a: { b: 1, c: 2 } }, { a: { b: 1, d: 3 } }, { a: { c: null, d: 3 } }],
  ["a list is replaced", { a: [1, 2] }, { a: [2] }, { a: [2] }],
  ["an object in place of a value", { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
];

describe("a merge patch", () => {
  for (const [what, from, to, patch] of CASES) it(what, () => assert.deepEqual(mergePatch(from, to), patch));
});
