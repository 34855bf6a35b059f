import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { FIELDS_LEFT_OUT, OBJECTS_LEFT_OUT } from "../../../src/objects/left-out.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../../../docs/left-out.md");

/** Rows of the tables in the document, their cells joined. */
function rows(): string[] {
  return readFileSync(DOCUMENT, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
}

test("docs/left-out.md has the rows that the code has, word by word and in its order", () => {
  assert.deepEqual(rows(), [
    "| Left out | Why |",
    ...OBJECTS_LEFT_OUT.map(({ what, reason }) => `| ${what} | ${reason} |`),
    "| Kind | Left out | Why |",
    ...FIELDS_LEFT_OUT.map(({ kind, what, reason }) => `| ${kind ?? "all"} | ${what} | ${reason} |`),
  ]);
});
