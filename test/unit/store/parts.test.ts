import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { partsOf } from "../../../src/store/contract/parts.ts";

/** [pieces, parts of 4 bytes] */
const TABLE: [string[], string[]][] = [
  [[], []],
  [["", ""], []],
  [["a"], ["a."]],
  [["ab", "cd"], ["abcd."]],
  [["abcd", ""], ["abcd."]],
  [["abcde"], ["abcd", "e."]],
  [["abcdefgh"], ["abcd", "efgh."]],
  [
    ["abc", "defghijkl", "m"],
    ["abcd", "efgh", "ijkl", "m."],
  ],
];

describe("A stream cut into parts", () => {
  for (const [pieces, expected] of TABLE) {
    test(`gives ${JSON.stringify(expected)} of ${JSON.stringify(pieces)}`, async () => {
      // The source uses one buffer again and again, as a pool would.
      const pool = Buffer.alloc(16);
      const source = (async function* () {
        for (const piece of pieces) yield pool.subarray(0, pool.write(piece));
      })();
      const parts: string[] = [];
      for await (const { bytes, last } of partsOf(source, 4)) parts.push(`${bytes}${last ? "." : ""}`);
      assert.deepEqual(parts, expected);
    });
  }
});
