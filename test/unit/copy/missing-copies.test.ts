import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missingCopies } from "../../../src/copy/missing-copies.ts";

describe("the copies that are missing when a loop begins", () => {
  const rows: [title: string, newest: string, copied: string, noted: string, missing: string][] = [
    ["nothing, without backups", "", "", "", ""],
    ["the newest, of a new second store", "abc", "", "", "c"],
    ["the newest, where it holds another cluster's alone", "abc", "xy", "xy", "c"],
    ["those after the last copy", "abcd", "ab", "ab", "cd"],
    ["one between two, which failed", "abcd", "abd", "abd", "c"],
    ["none from before the first copy", "abcd", "bd", "bd", "c"],
    ["none that was removed there", "abcd", "d", "abcd", ""],
    ["one whose copy was killed after its note", "abcd", "abc", "abcd", "d"],
    ["all whose notes alone are there, and the rest", "abc", "", "a", "abc"],
    ["nothing, where all are there", "abc", "abc", "abc", ""],
  ];
  for (const [title, newest, copied, noted, missing] of rows)
    it(title, () => {
      const backups = [...newest].map((name) => ({ name }));
      const found = missingCopies({ newest: backups, copied: new Set(copied), noted: new Set(noted) });
      assert.equal(found.map(({ name }) => name).join(""), missing);
    });
});
