import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { difference, type FieldSet, union } from "../../../src/restore/field-managers/field-sets.ts";

const COLOR = { "f:data": { "f:color": {} } };
const SIZE = { "f:data": { "f:size": {} } };
const DATA = { "f:data": {} };
const DATA_AND_COLOR = { "f:data": { ".": {}, "f:color": {} } };
const BOTH = { "f:data": { "f:color": {}, "f:size": {} } };
const LABEL = { "f:metadata": { "f:labels": { "f:app": {} } } };

/** Two sets, the fields of either, and those of the first that are not in the second. */
const CASES: [name: string, left: FieldSet, right: FieldSet, union: FieldSet, difference: FieldSet][] = [
  ["nothing", {}, {}, {}, {}],
  ["the same", COLOR, COLOR, COLOR, {}],
  ["nothing to take", COLOR, {}, COLOR, COLOR],
  ["neighbours", COLOR, SIZE, BOTH, COLOR],
  ["one of two", BOTH, SIZE, BOTH, COLOR],
  ["others", COLOR, LABEL, { ...COLOR, ...LABEL }, COLOR],
  ["the map and a member of it", DATA, COLOR, DATA_AND_COLOR, DATA],
  ["a member of it and the map", COLOR, DATA, DATA_AND_COLOR, COLOR],
  ["map and member, the member", DATA_AND_COLOR, COLOR, DATA_AND_COLOR, DATA],
  ["map and member, the map", DATA_AND_COLOR, DATA, DATA_AND_COLOR, COLOR],
  ["map and member, both", DATA_AND_COLOR, DATA_AND_COLOR, DATA_AND_COLOR, {}],
  ["the map, map and member", DATA, DATA_AND_COLOR, DATA_AND_COLOR, {}],
];

describe("sets of fields", () => {
  for (const [name, left, right, both, rest] of CASES) {
    it(name, () => {
      assert.deepEqual(union(left, right), both);
      assert.deepEqual(difference(left, right), rest);
    });
  }
});
