import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inOrderOfTags, isTag, tagProblem } from "../../../src/store/contract/tag-name.ts";

describe("A tag", () => {
  const TAGS = ["keep", "before-upgrade", "v1.36.3", "1", "a_b", "2026-01-31", "A", "x".repeat(63)];
  for (const tag of TAGS)
    test(`is ${tag}`, () => assert.deepEqual([isTag(tag), tagProblem(tag)], [true, undefined]));

  const NONE: [text: string, problem: RegExp][] = [
    ["", /^is empty: write for example/],
    ["a,b", /^has a comma in it: give each tag by itself/],
    [",", /^has a comma/],
    ["x".repeat(64), /^has 64 characters, and a tag has 63 at the most/],
    ["-a", /^is no tag: write letters, digits/],
    ["a-", /^is no tag/],
    [".", /^is no tag/],
    ["a b", /^is no tag/],
    ["a/b", /^is no tag/],
    ["ü", /^is no tag/],
    ["a\nb", /^is no tag/],
    ["a\n", /^is no tag/],
    ["a=b", /^is no tag/],
  ];
  for (const [text, problem] of NONE) {
    test(`is not ${JSON.stringify(text.slice(0, 10))}`, () => {
      assert.equal(isTag(text), false);
      assert.match(tagProblem(text) ?? "", problem);
    });
  }

  test("is there once, in the order of its characters", () =>
    assert.deepEqual(inOrderOfTags(["b", "a", "b", "B", "1"]), ["1", "B", "a", "b"]));
});
