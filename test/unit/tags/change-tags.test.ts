import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  allTags,
  type BackupTags,
  type ChangedTags,
  changeTags,
  type RefusedTags,
  type TagChange,
} from "../../../src/tags/change-tags.ts";

describe("The tags of a backup", () => {
  const NONE: BackupTags = { given: [], later: [] };
  const BOTH: BackupTags = { given: ["keep"], later: ["b", "a"] };
  const full = Array.from({ length: 64 }, (_, index) => `t${String(index).padStart(2, "0")}`);

  const ROWS: [BackupTags, TagChange["verb"], tags: string[], Partial<ChangedTags> | RefusedTags][] = [
    [NONE, "tag", ["b", "a"], { later: ["a", "b"], changed: true }],
    [NONE, "untag", ["a"], { later: [], changed: false, absent: ["a"] }],
    [BOTH, "tag", ["c"], { later: ["a", "b", "c"], changed: true }],
    [BOTH, "tag", ["a"], { later: ["a", "b"], changed: false }],
    [BOTH, "tag", ["keep"], { later: ["a", "b"], changed: false }],
    [BOTH, "untag", ["a", "z"], { later: ["b"], changed: true, absent: ["z"] }],
    [BOTH, "untag", ["a", "b"], { later: [], changed: true }],
    [BOTH, "untag", ["a", "keep"], { refused: "given", tags: ["keep"] }],
    // Set later before the program knew that it was given: it stays given.
    [{ given: ["x"], later: ["x"] }, "untag", ["x"], { refused: "given", tags: ["x"] }],
    [{ given: [], later: full }, "tag", ["more"], { refused: "many", count: 65 }],
    [{ given: [], later: full }, "tag", ["t00"], { later: full, changed: false }],
    [{ given: [], later: full }, "untag", ["t00"], { later: full.slice(1), changed: true }],
  ];
  for (const [before, verb, tags, expected] of ROWS) {
    const title = `${before.given.join()}+${before.later.slice(0, 3).join()}: ${verb} ${tags.join()}`;
    test(title, () => {
      const result = changeTags(before, { verb, tags });
      assert.deepEqual(result, "refused" in expected ? expected : { absent: [], ...expected });
    });
  }

  test("are those that were given and those that were set later, each once", () =>
    assert.deepEqual(allTags({ given: ["keep", "a"], later: ["b", "a"] }), ["a", "b", "keep"]));
});
