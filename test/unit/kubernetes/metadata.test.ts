import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isBeingDeleted } from "../../../src/kubernetes/metadata.ts";

const CASES: [object: Record<string, unknown>, is: boolean][] = [
  [{ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }, true],
  [{ metadata: { name: "a" } }, false],
  [{ metadata: null }, false],
  [{}, false],
];

describe("isBeingDeleted", () => {
  for (const [object, is] of CASES)
    it(`is ${is} for ${JSON.stringify(object)}`, () => assert.equal(isBeingDeleted(object), is));
});
