import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isJsonObject, jsonEqual, parseJson } from "../../../src/kubernetes/json.ts";

const TEXTS = [
  '{"a":12345678901234567890}',
  '{"a":[1.0,1e21,1E5,-0.0,0.1,9007199254740993],"b":-12345678901234567}',
  '{"a":"1.0, [1e21","b":{"":null,"c":[]}}',
  '{"a": 1.50}',
  "[1,2.0]",
  '{"__proto__":{"a":1.0}}',
];

for (const text of TEXTS) {
  test(`numbers stay as written in ${text}`, () => {
    assert.equal(JSON.stringify(parseJson(text)), text.replaceAll(": ", ":"));
  });
}

test("any value comes back as JSON.parse has it when its numbers are harmless", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.equal(JSON.stringify(parseJson(text)), text);
    }),
  );
});

test("equal values are equal in any order of keys", () => {
  assert.ok(jsonEqual(parseJson('{"a":1.0,"b":[1,{"c":null}]}'), parseJson('{"b":[1,{"c":null}],"a":1.0}')));
});

for (const [left, right] of [
  ['{"a":1}', '{"a":2}'],
  ['{"a":1.0}', '{"a":1.00}'],
  ['{"a":12345678901234567890}', '{"a":12345678901234567891}'],
  ['{"a":null}', "{}"],
  ["[1,2]", "[2,1]"],
  ["{}", "[]"],
  ['{"a":undefined}'.replace("undefined", '""'), '{"a":null}'],
] as const) {
  test(`${left} is not ${right}`, () => {
    assert.ok(!jsonEqual(parseJson(left), parseJson(right)));
  });
}

test("lists, null and raw numbers are no objects", () => {
  assert.ok(isJsonObject({}));
  assert.ok(!isJsonObject([]));
  assert.ok(!isJsonObject(null));
  assert.ok(!isJsonObject((parseJson('{"a":1.0}') as { a: unknown }).a));
});
