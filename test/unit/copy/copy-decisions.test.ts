import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apparentDifference } from "../../../src/copy/check-present.ts";
import { type CopiedTags, chooseTags, type TagLists } from "../../../src/copy/copy-tags.ts";
import type { StoredBackup } from "../../../src/store/contract/store.ts";

describe("the tags that the second store has after a copy", () => {
  const [early, late] = ["2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z"];
  const rows: [lists: TagLists, chosen: CopiedTags][] = [
    [{ here: undefined, there: undefined, same: false }, "none"],
    [{ here: undefined, there: late, same: false }, "none"],
    [{ here: early, there: early, same: true }, "present"],
    [{ here: early, there: undefined, same: false }, "copied"],
    [{ here: late, there: early, same: false }, "copied"],
    [{ here: early, there: early, same: false }, "copied"],
    [{ here: early, there: late, same: false }, "kept"],
  ];
  for (const [lists, chosen] of rows)
    it(`${JSON.stringify(lists)}: ${chosen}`, () => assert.equal(chooseTags(lists), chosen));
});

describe("what tells a backup in the second store apart without reading it", () => {
  const name = "backup_20260131T120000Z";
  const there: StoredBackup = { name, time: new Date("2026-01-31T12:00:00Z"), size: 5 };
  const source = { name, size: 5, etag: undefined };
  it("nothing, where form and size are the same", () => {
    assert.equal(apparentDifference({ source, form: "zip", there }), undefined);
    const sealed = { ...there, form: "zip.age" as const };
    assert.equal(apparentDifference({ source, form: "zip.age", there: sealed }), undefined);
  });
  it("another form, two of them, another size", () => {
    assert.equal(apparentDifference({ source, form: "zip.age", there }), `${name}.zip`);
    assert.match(apparentDifference({ source, form: "zip", there: { ...there, form: "both" } }) ?? "", /one/);
    assert.match(apparentDifference({ source, form: "zip", there: { ...there, size: 6 } }) ?? "", /^6 bytes/);
  });
});
