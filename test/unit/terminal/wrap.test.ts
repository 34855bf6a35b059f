import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wrapLine } from "../../../src/terminal/wrap.ts";

describe("a line that is too wide for the terminal", () => {
  const rows: [title: string, line: string, width: number | undefined, wrapped: string[]][] = [
    ["fits", "one two three", 13, ["one two three"]],
    ["goes anywhere but to a terminal as it is", "one two three", undefined, ["one two three"]],
    ["wraps between words", "one two three", 12, ["one two", "three"]],
    ["keeps its indentation", "  one two three", 10, ["  one two", "  three"]],
    [
      "leaves a name in one piece, to be copied",
      "see backup_20260131T120000Z",
      10,
      ["see", "backup_20260131T120000Z"],
    ],
    [
      "keeps the last column of a row below itself",
      "Warning   Deployment shop/web names a Secret that is not there",
      40,
      ["Warning   Deployment shop/web names a", "          Secret that is not there"],
    ],
    [
      "wraps as a whole where the last column is too narrow",
      "KIND   one two three four",
      12,
      ["KIND   one", "two three", "four"],
    ],
  ];
  for (const [title, line, width, wrapped] of rows) {
    it(title, () => assert.deepEqual(wrapLine(line, width), wrapped));
  }
});
