import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { indexPath, itemPath, memberPath, namedItemPath } from "../../../src/kubernetes/field-path.ts";

describe("memberPath", () => {
  const CASES: [path: string, key: string, expected: string][] = [
    ["", "spec", "spec"],
    ["spec", "replicas", "spec.replicas"],
    ["data", "log-level", "data.log-level"],
    ["data", "_private", "data._private"],
    ["data", "nginx.conf", 'data["nginx.conf"]'],
    ["metadata.annotations", "example.com/a", 'metadata.annotations["example.com/a"]'],
    ["data", "0", 'data["0"]'],
    ["data", "", 'data[""]'],
    ["data", 'a"\n', 'data["a\\"\\n"]'],
    ["", "a.b", '["a.b"]'],
  ];
  for (const [path, key, expected] of CASES)
    it(`is ${expected}`, () => assert.equal(memberPath(path, key), expected));
});

describe("itemPath", () => {
  const CASES: [keys: [string, string][], expected: string][] = [
    [[["name", "web"]], "list[name=web]"],
    [
      [
        ["port", "80"],
        ["protocol", "TCP"],
      ],
      "list[port=80,protocol=TCP]",
    ],
    [[["mountPath", "/etc/*"]], "list[mountPath=/etc/*]"],
    [[["key", "two words"]], 'list[key="two words"]'],
    [[["key", ""]], 'list[key=""]'],
  ];
  for (const [keys, expected] of CASES)
    it(`is ${expected}`, () => assert.equal(itemPath("list", keys), expected));
});

describe("namedItemPath", () => {
  const CASES: [item: unknown, expected: string][] = [
    [{ name: "web" }, "list[name=web]"],
    [{ name: "a b" }, 'list[name="a b"]'],
    [{ name: 1 }, "list[2]"],
    [{}, "list[2]"],
    ["web", "list[2]"],
    [null, "list[2]"],
  ];
  for (const [item, expected] of CASES)
    it(`is ${expected} for ${JSON.stringify(item)}`, () =>
      assert.equal(namedItemPath("list", item, 2), expected));

  it("is the place's path where there is no name", () =>
    assert.equal(namedItemPath("list", {}, 2), indexPath("list", 2)));
});
