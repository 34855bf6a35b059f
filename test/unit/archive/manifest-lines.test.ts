/** How a manifest is taken apart: docs/archive-format.md, "MANIFEST". */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { formatManifest } from "../../../src/archive/format/manifest.ts";
import { ManifestFault, ManifestLines } from "../../../src/archive/format/manifest-lines.ts";
import { writeSample } from "../../support/samples/sample-archive.ts";

const { manifest } = await writeSample();
const TEXT = [...formatManifest(manifest)].join("");

/** The head and the files of a text that comes in chunks of this size. */
function takeApart(text: string, chunkBytes: number): { head: string; files: string[] } {
  const files: string[] = [];
  const lines = new ManifestLines((file) => files.push(file.toString()));
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    lines.add(bytes.subarray(start, start + chunkBytes));
  }
  return { head: lines.end().toString(), files };
}

test("the writer's lines are a head without files, and the files, however the bytes come", () => {
  for (let chunkBytes = 1; chunkBytes <= TEXT.length; chunkBytes += 1) {
    const { head, files } = takeApart(TEXT, chunkBytes);
    assert.deepEqual(JSON.parse(head), { ...manifest, files: [] });
    assert.deepEqual(
      files,
      manifest.files.map((file) => JSON.stringify(file)),
    );
  }
});

test("a manifest in another layout is all head", () => {
  for (const text of [JSON.stringify(manifest), JSON.stringify(manifest, null, 2), "", "{"]) {
    for (const chunkBytes of [1, 7, 100_000]) {
      assert.deepEqual(takeApart(text, chunkBytes), { head: text, files: [] });
    }
  }
});

const END = "  ]\n}\n";
const FAULTS: [string, (text: string) => string, RegExp][] = [
  [
    "a member after the files",
    (text) => text.replace(END, '  ],\n  "more": 1\n}\n'),
    /something follows its files/,
  ],
  ["a line after its end", (text) => `${text}\n`, /something follows its files/],
  ["bytes after its end", (text) => `${text} `, /have no end/],
  ["no newline in the end", (text) => text.slice(0, -1), /have no end/],
  ["a missing comma", (text) => text.replace("},\n    {", "}\n    {"), /something follows its files/],
  ["a comma too many", (text) => text.replace(`}\n${END}`, `},\n${END}`), /not on a line of its own/],
  [
    "an empty line",
    (text) => text.replace("},\n    {", "},\n\n    {"),
    /not on a line of its own|follows its files/,
  ],
  ["something before a file", (text) => text.replace("},\n    {", "},\n  [ {"), /not on a line of its own/],
];

for (const [name, change, message] of FAULTS) {
  test(`the writer's lines are refused with ${name}`, () => {
    const at = TEXT.indexOf('  "files": [');
    const text = TEXT.slice(0, at) + change(TEXT.slice(at));
    assert.notEqual(text, TEXT);
    for (const chunkBytes of [1, 100_000]) {
      assert.throws(
        () => takeApart(text, chunkBytes),
        (error) => error instanceof ManifestFault && message.test(error.message),
      );
    }
  });
}
