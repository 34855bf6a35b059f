import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  formatTagList,
  parseTagList,
  signedText,
  type TagList,
  TagListFault,
} from "../../../src/tags/tag-list.ts";

const SHA = "0123456789abcdef".repeat(4);
const LIST: TagList = {
  backup: "backup_20260131T120000Z",
  sha256: SHA,
  time: "2026-02-01T08:00:00Z",
  tags: ["before-upgrade", "keep"],
};
const WRITTEN = `{"format":"kube-backup tags","formatVersion":1,"backup":"backup_20260131T120000Z","sha256":"${SHA}","time":"2026-02-01T08:00:00Z","tags":["before-upgrade","keep"]`;

const parsed = (text: string) => parseTagList(Buffer.from(text));

describe("A list of tags", () => {
  test("is a line of JSON, and its signature is of the same without it", () => {
    assert.equal(formatTagList(LIST, undefined), `${WRITTEN}}\n`);
    assert.equal(formatTagList(LIST, "-----\nx\n"), `${WRITTEN},"signature":"-----\\nx\\n"}\n`);
    assert.equal(signedText(LIST), `${WRITTEN}}`);
  });

  test("comes back as it was written, and what is signed is what is read", () => {
    const tag = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    fc.assert(
      fc.property(fc.uniqueArray(tag, { maxLength: 64 }), fc.option(fc.string()), (tags, signature) => {
        const list = { ...LIST, tags };
        const read = parsed(formatTagList(list, signature ?? undefined));
        assert.deepEqual(read.list.tags, tags.toSorted());
        assert.equal(read.signature, signature ?? undefined);
        assert.equal(signedText(read.list), signedText(list));
      }),
    );
  });

  test("may be laid out by hand", () => {
    const text = JSON.stringify(JSON.parse(`${WRITTEN}}`), undefined, 2);
    assert.deepEqual(parsed(text), { list: LIST, signature: undefined });
    assert.equal(signedText(parsed(text).list), `${WRITTEN}}`);
  });

  const FAULTS: [what: string, text: string, reason: string][] = [
    ["nothing", "", "it is no list of tags of kube-backup"],
    ["no JSON", WRITTEN, "it is no list of tags of kube-backup"],
    ["null", "null", "it is no list of tags of kube-backup"],
    ["other JSON", "{}", "it is no list of tags of kube-backup"],
    ["a note", "kube-backup note 1\nobject: x\n", "it is no list of tags of kube-backup"],
    [
      "a later version",
      `${WRITTEN},"more":1}`.replace('Version":1', 'Version":2'),
      "a later version of kube-backup wrote it",
    ],
    ["another member", `${WRITTEN},"more":1}`, "it has members of another kind"],
    ["a tag that is none", `${WRITTEN}}`.replace("keep", "ke ep"), "its tags is not as written"],
    ["a name that is none", `${WRITTEN}}`.replace("Z", ""), "its backup is not as written"],
    ["another hash", `${WRITTEN}}`.replace("0123", "xxxx"), "its sha256 is not as written"],
    ["another time", `${WRITTEN}}`.replace("08:00:00Z", "08:00:00.5Z"), "its time is not as written"],
    [
      "too many tags",
      formatTagList({ ...LIST, tags: Array.from({ length: 65 }, (_, index) => `t${index}`) }, undefined),
      "its tags is not as written",
    ],
  ];
  for (const [what, text, reason] of FAULTS) {
    test(`is not ${what}`, () =>
      assert.throws(
        () => parsed(text),
        (error) => error instanceof TagListFault && error.message === reason,
      ));
  }
});
