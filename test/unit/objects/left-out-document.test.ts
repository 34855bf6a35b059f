import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { FIELDS_LEFT_OUT } from "../../../src/objects/fields-left-out.ts";
import { OBJECTS_LEFT_OUT } from "../../../src/objects/objects-left-out.ts";
import { RESOURCES_LEFT_OUT } from "../../../src/objects/resources-left-out.ts";
import { KEPT_FIELDS } from "../../support/samples/kept-fields.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../../../docs/left-out.md");

/** Rows of the tables in the document, their cells joined. */
function rows(): string[] {
  return readFileSync(DOCUMENT, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
}

test("docs/left-out.md has the rows that the code has, word by word and in its order", () => {
  const expected = [
    "| Left out | Why |",
    ...OBJECTS_LEFT_OUT.map(({ what, reason }) => `| ${what} | ${reason} |`),
    "| Kind | Left out | Why |",
    ...FIELDS_LEFT_OUT.map(({ kind, what, reason }) => `| ${kind ?? "all"} | ${what} | ${reason} |`),
    "| Kind | Kept | Why |",
    ...KEPT_FIELDS.map(({ kind, path, reason }) => `| ${kind} | \`${path}\` | ${reason} |`),
    "| Resource | Why |",
    ...RESOURCES_LEFT_OUT.map(({ resource, reason }) => `| ${resource} | ${reason} |`),
  ];
  // To write the tables anew: PRINT=1, and paste.
  if (process.env["PRINT"]) process.stdout.write(`${expected.join("\n")}\n`);
  assert.deepEqual(rows(), expected);
});
