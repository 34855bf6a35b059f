import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyPatch } from "rfc6902";
import { type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../../src/transform/json-patch.ts";

function apply(json: string, operations: JsonPatchOperation[]): string {
  const object = parseJson(json) as JsonObject;
  const fault = applyJsonPatch(object, operations, applyPatch);
  return fault ?? JSON.stringify(object);
}

describe("a JSON patch", () => {
  const rows: [json: string, operations: JsonPatchOperation[], result: string][] = [
    // RFC 6902, appendix A.
    ['{"a":1}', [{ op: "add", path: "/b", value: 2 }], '{"a":1,"b":2}'],
    ['{"a":[1,3]}', [{ op: "add", path: "/a/1", value: 2 }], '{"a":[1,2,3]}'],
    ['{"a":[1]}', [{ op: "add", path: "/a/-", value: [2] }], '{"a":[1,[2]]}'],
    ['{"a":1,"b":2}', [{ op: "remove", path: "/b" }], '{"a":1}'],
    ['{"a":[1,2,3]}', [{ op: "remove", path: "/a/1" }], '{"a":[1,3]}'],
    ['{"a":1}', [{ op: "replace", path: "/a", value: null }], '{"a":null}'],
    ['{"a":{"b":1},"c":{}}', [{ op: "move", from: "/a/b", path: "/c/b" }], '{"a":{},"c":{"b":1}}'],
    ['{"a":[1,2,3]}', [{ op: "move", from: "/a/0", path: "/a/2" }], '{"a":[2,3,1]}'],
    // The path is looked up in what the removal has left.
    ['{"a":[1,{},{"x":1}]}', [{ op: "move", from: "/a/0", path: "/a/1/y" }], '{"a":[{},{"x":1,"y":1}]}'],
    ['{"a":{"b":1}}', [{ op: "copy", from: "/a", path: "/c" }], '{"a":{"b":1},"c":{"b":1}}'],
    ['{"a":[1,{"b":2}]}', [{ op: "test", path: "/a", value: [1, { b: 2 }] }], '{"a":[1,{"b":2}]}'],
    [
      '{"a/b":1,"c~d":2}',
      [
        { op: "remove", path: "/a~1b" },
        { op: "remove", path: "/c~0d" },
      ],
      "{}",
    ],
    ['{"":1}', [{ op: "replace", path: "/", value: 2 }], '{"":2}'],
    // Numbers that JavaScript cannot hold.
    [
      '{"a":12345678901234567890,"b":1.0,"c":[1e400]}',
      [
        { op: "copy", from: "/a", path: "/d" },
        { op: "test", path: "/a", value: (parseJson("[12345678901234567890]") as unknown[])[0] },
        { op: "move", from: "/c", path: "/e" },
      ],
      '{"a":12345678901234567890,"b":1.0,"d":12345678901234567890,"e":[1e400]}',
    ],
    // What does not apply.
    ['{"a":1}', [{ op: "remove", path: "/b" }], "operation 1 (remove /b): the object has no field b"],
    [
      '{"a":{}}',
      [{ op: "replace", path: "/a/b/c", value: 1 }],
      "operation 1 (replace /a/b/c): a has no field b",
    ],
    ['{"a":1}', [{ op: "add", path: "/a/b", value: 1 }], "operation 1 (add /a/b): a has no fields"],
    ['{"a":[1]}', [{ op: "add", path: "/a/2", value: 1 }], "operation 1 (add /a/2): a has no place 2"],
    ['{"a":[1]}', [{ op: "add", path: "/a/b", value: 1 }], "operation 1 (add /a/b): a has no place b"],
    ['{"a":[1]}', [{ op: "remove", path: "/a/-" }], "operation 1 (remove /a/-): a has no item -"],
    [
      '{"a":[1]}',
      [{ op: "remove", path: "/a/length" }],
      "operation 1 (remove /a/length): a has no item length",
    ],
    [
      '{"a":[1]}',
      [{ op: "replace", path: "/a/-1", value: 2 }],
      "operation 1 (replace /a/-1): a has no item -1",
    ],
    [
      '{"a":[1]}',
      [{ op: "replace", path: "/a/00", value: 2 }],
      "operation 1 (replace /a/00): a has no item 00",
    ],
    [
      '{"a":{}}',
      [{ op: "replace", path: "/a/toString", value: 2 }],
      "operation 1 (replace /a/toString): a has no field toString",
    ],
    [
      '{"a":{"b":{}}}',
      [{ op: "move", from: "/a", path: "/a/b/c" }],
      "operation 1 (move /a/b/c): the object has no field a",
    ],
    [
      '{"a":1}',
      [
        { op: "test", path: "/a", value: 1 },
        { op: "test", path: "/a", value: 2 },
      ],
      "operation 2 (test /a): the value is another",
    ],
  ];
  for (const [json, operations, result] of rows)
    test(`${json} ${JSON.stringify(operations)}`, () => assert.equal(apply(json, operations), result));
});

test("a fault says no value of the object", () => {
  const secret = '{"data":{"password":"VE9QLVNFQ1JFVA=="}}';
  const fault = apply(secret, [{ op: "test", path: "/data/password", value: "x" }]);
  assert.equal(fault, "operation 1 (test /data/password): the value is another");
});

test("a value is shared neither with the patch nor with another object", () => {
  const operations: JsonPatchOperation[] = [
    { op: "add", path: "/list", value: [] },
    { op: "add", path: "/list/-", value: { a: 1 } },
  ];
  assert.equal(apply("{}", operations), '{"list":[{"a":1}]}');
  assert.equal(apply("{}", operations), '{"list":[{"a":1}]}');
});

test("nothing reaches the prototype of all objects", () => {
  for (const path of ["/__proto__/polluted", "/constructor/prototype/polluted", "/a/__proto__/polluted"])
    apply('{"a":{}}', [{ op: "add", path, value: true }]);
  apply('{"a":{}}', [{ op: "add", path: "/a/b", value: JSON.parse('{"__proto__":{"polluted":true}}') }]);
  assert.equal(({} as JsonObject)["polluted"], undefined);
});
