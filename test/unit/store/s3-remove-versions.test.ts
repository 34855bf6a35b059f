import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { versionsToRemove } from "../../../src/store/s3/s3-remove-versions.ts";
import type { VersionEntry } from "../../../src/store/s3/s3-versions.ts";

/** `v1 m2*`: a version of minute 1 and a delete marker of minute 2, which is the latest. A key of its own after each `|`. */
function entries(text: string): VersionEntry[] {
  return text.split("|").flatMap((part, key) =>
    part
      .trim()
      .split(" ")
      .map((word): VersionEntry => {
        const [, kind, minute = "", latest] = /^([vm])(\d)(\*?)$/.exec(word) ?? [];
        return {
          key: `key-${key}`,
          versionId: word.replace("*", ""),
          kind: kind === "v" ? "version" : "marker",
          latest: latest === "*",
          size: 1,
          lastModified: new Date(Number(minute) * 60_000),
          etag: undefined,
        };
      }),
  );
}

describe("the versions of a backup are removed so that nothing older appears", () => {
  const rows: [title: string, entries: string, locked: string[], order: string[]][] = [
    ["a single one", "v1*", [], ["v1"]],
    ["the latest last", "v3* v2 v1", [], ["v1", "v2", "v3"]],
    ["a delete marker last", "m3* v2 v1", [], ["v1", "v2", "m3"]],
    ["of one minute, the latest last", "v1* m1 v1", [], ["m1", "v1", "v1"]],
    ["what is locked stays", "v1*", ["v1"], []],
    ["the marker above what is locked stays", "m2* v1", ["v1"], []],
    ["the version above what is locked stays", "v2* v1", ["v1"], []],
    ["what lies beneath goes", "m4* v3 v2 v1", ["v2"], ["v1", "v3"]],
    ["of another key all", "m2* v1 | m4* v3", ["v1"], ["v3", "m4"]],
  ];
  for (const [title, text, locked, order] of rows) {
    it(title, () =>
      assert.deepEqual(
        versionsToRemove(entries(text), new Set(locked)).map(({ versionId }) => versionId),
        order,
      ),
    );
  }
});
