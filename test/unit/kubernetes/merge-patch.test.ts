import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";
import { applyMergePatch, mergePatch } from "../../../src/kubernetes/merge-patch.ts";

const CASES: [what: string, from: JsonObject, to: JsonObject, patch: JsonObject][] = [
  ["equal objects", { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, {}],
  ["another value", { a: 1 }, { a: 2 }, { a: 2 }],
  ["a member more", { a: 1 }, { a: 1, b: {} }, { b: {} }],
  ["a member fewer", { a: 1, b: { c: 1 } }, { a: 1 }, { b: null }],
  ["nested", { a: { b: 1, c: 2 } }, { a: { b: 1, d: 3 } }, { a: { c: null, d: 3 } }],
  ["a list is replaced", { a: [1, 2] }, { a: [2] }, { a: [2] }],
  ["an object in place of a value", { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
];

describe("a merge patch", () => {
  for (const [what, from, to, patch] of CASES) it(what, () => assert.deepEqual(mergePatch(from, to), patch));
});

describe("applying (RFC 7386, appendix A, of objects)", () => {
  const rows: [object: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', "{}"],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{"a":12345678901234567890}', '{"b":1.0,"c":[1.0]}', '{"a":12345678901234567890,"b":1.0,"c":[1.0]}'],
  ];
  for (const [before, patch, result] of rows) {
    it(`${before} by ${patch}`, () => {
      const object = parseJson(before) as JsonObject;
      applyMergePatch(object, parseJson(patch) as JsonObject);
      assert.equal(JSON.stringify(object), result);
    });
  }
  it("shares no list with the patch", () => {
    const patch = { list: [{ a: 1 }] };
    const [one, other]: JsonObject[] = [{}, {}];
    applyMergePatch(one as JsonObject, patch);
    applyMergePatch(other as JsonObject, patch);
    (one as { list: unknown[] }).list.push(2);
    assert.deepEqual(other, { list: [{ a: 1 }] });
  });
  it("sets no prototype", () => {
    const object: JsonObject = JSON.parse('{"a":{}}');
    applyMergePatch(
      object,
      JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":true}}}'),
    );
    assert.equal(({} as JsonObject)["polluted"], undefined);
    assert.equal(object["polluted"], undefined);
    assert.equal(Object.getPrototypeOf(object["a"]), Object.prototype);
  });
});
