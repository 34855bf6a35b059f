import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { JsonScanner } from "../../../src/kubernetes/json-scanner.ts";
import { JsonFault } from "../../../src/kubernetes/json-words.ts";

const BOUNDS = { depth: 100, values: 10_000 };

/** Why a text is refused; undefined where it is taken. */
function faultOf(text: string | Buffer, options: { loose?: boolean } = {}): string | undefined {
  try {
    new JsonScanner({ ...BOUNDS, ...options }).scan(typeof text === "string" ? Buffer.from(text) : text);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof JsonFault, String(error));
    return error.message;
  }
}

const NOT_JSON = "it is no JSON as kube-backup writes it";
const TWICE = "it has a key twice";
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `"key-${index}":{"a":1}`).join(",");

test("what is refused, and why", async (t) => {
  const cases: [name: string, text: string | Buffer, fault: string | undefined][] = [
    ["an empty object", "{}", undefined],
    ["all kinds of values", '{"a":[1,-0,0.5,1e9,2E-7,true,false,null,"",[],{}],"b":{"a":{}}}', undefined],
    ["a number that JavaScript cannot hold", '{"a":123456789012345678901234567890,"b":1.0}', undefined],
    [
      "escapes as JSON.stringify writes them",
      JSON.stringify({ 'a"\n\u0001': "\\\b\f\r\t\u001f/é😀\u2028" }),
      undefined,
    ],
    ["nothing", "", "it is no JSON object"],
    ["null", "null", "it is no JSON object"],
    ["a list", "[]", "it is no JSON object"],
    ["a text", '"a"', "it is no JSON object"],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "it is not UTF-8"],
    ["an object without end", '{"a":1', NOT_JSON],
    ["a text without end", '{"a":"', NOT_JSON],
    ["an object after the object", "{}{}", "something follows the object"],
    ["a comma too many", '{"a":1,}', NOT_JSON],
    ["a comma too many in a list", '{"a":[1,]}', NOT_JSON],
    ["a key without value", '{"a":}', NOT_JSON],
    ["a bracket of the other kind", '{"a":[1}', NOT_JSON],
    ["whitespace", '{"a": 1}', NOT_JSON],
    ["a leading zero", '{"a":01}', NOT_JSON],
    ["a plus", '{"a":+1}', NOT_JSON],
    ["a point without digits", '{"a":1.}', NOT_JSON],
    ["NaN", '{"a":NaN}', NOT_JSON],
    ["a word that goes on", '{"a":nulls}', NOT_JSON],
    ["a control character", '{"a":"\t"}', NOT_JSON],
    ["an escape that JSON does not have", '{"a":"\\x"}', NOT_JSON],
    ["a slash with an escape", '{"a":"\\/"}', NOT_JSON],
    ["a letter with an escape", '{"\\u0061":1}', "it has an escape that is not as written"],
    ["a lone surrogate", '{"a":"\\ud800"}', "it has an escape that is not as written"],
    ["a key twice", '{"spec":1,"spec":2}', TWICE],
    ["a key twice, far below", '{"a":[{"b":{"c":1,"d":2,"c":3}}]}', TWICE],
    ["a key twice among many", `{${many(100)},"key-7":2}`, TWICE],
    ["a key twice that has an escape", '{"\\n":1,"\\n":2}', TWICE],
    ["the key __proto__ twice", '{"__proto__":{},"__proto__":{}}', TWICE],
    [
      "the same key in two objects",
      `{"a":{"b":1},"c":{"b":1},${many(200)},"b":[{"b":1},{"b":1}]}`,
      undefined,
    ],
    ["keys that have the same hash", '{"Aa":1,"BB":2}', undefined],
    ["nesting as deep as is allowed", `{"a":${"[".repeat(99)}${"]".repeat(99)}}`, undefined],
    [
      "nesting one deeper",
      `{"a":${"[".repeat(100)}${"]".repeat(100)}}`,
      "it is nested more than 100 levels deep",
    ],
    ["nesting a million deep", `{"a":${"[".repeat(1_000_000)}`, "it is nested more than 100 levels deep"],
    ["as many values as are allowed", `{"a":[${"1,".repeat(9_997)}1]}`, undefined],
    ["one value more", `{"a":[${"1,".repeat(9_998)}1]}`, "it holds more than 10000 values"],
  ];
  for (const [name, text, fault] of cases) {
    await t.test(name, () => assert.equal(faultOf(text), fault));
  }
});

test("a text that people may have written", () => {
  assert.equal(faultOf('{ "a" : [ 1 , { } , [ ] ] ,\r\n\t"b":"\\u00e9\\/" } \n', { loose: true }), undefined);
  assert.equal(faultOf('{"a":1, "a":2}', { loose: true }), TWICE);
  assert.equal(faultOf('{"\\u0061":1}', { loose: true }), NOT_JSON);
  assert.equal(
    faultOf(`{"a": ${"[ ".repeat(1_000_000)}`, { loose: true }),
    "it is nested more than 100 levels deep",
  );
});

test("what JSON.stringify writes is taken, whatever the values", () => {
  const value = fc.jsonValue({ maxDepth: 6, stringUnit: "binary" });
  fc.assert(
    fc.property(value, (value) => {
      assert.equal(faultOf(JSON.stringify({ value })), undefined);
    }),
    { numRuns: 300 },
  );
});

test("what is taken is JSON, and means the same to whoever reads it", () => {
  const edit = fc.record({
    value: fc.jsonValue({ maxDepth: 4 }),
    place: fc.nat(),
    put: fc.constantFrom(...'{}[]":,0-1.eEtfnl \\ud\u0000'),
    cut: fc.nat(2),
  });
  fc.assert(
    fc.property(edit, ({ value, place, put, cut }) => {
      const text = JSON.stringify({ value, again: value });
      const at = place % text.length;
      const changed = text.slice(0, at) + put + text.slice(at + cut);
      if (faultOf(changed) !== undefined) return;
      // As many members as there are colons outside of texts: none has taken another's place.
      let members = 0;
      JSON.parse(changed, (_key, value) => {
        if (typeof value === "object" && value !== null && !Array.isArray(value))
          members += Object.keys(value).length;
        return value;
      });
      assert.equal(members, changed.replace(/"(?:[^"\\]|\\.)*"/g, "").split(":").length - 1, changed);
    }),
    { numRuns: 10_000 },
  );
});

test("the members of an identity are noted", () => {
  const scanner = new JsonScanner(BOUNDS);
  const text = {
    kind: "K",
    spec: { name: "no", metadata: { name: "no" }, apiVersion: "no" },
    metadata: { labels: { name: "no", namespace: "no" }, namespace: "größe", name: 'a"\n' },
    apiVersion: "v1",
  };
  scanner.scan(Buffer.from(JSON.stringify(text)));
  assert.equal(scanner.text("apiVersion"), "v1");
  assert.equal(scanner.text("kind"), "K");
  assert.equal(scanner.text("metadata.name"), 'a"\n');
  assert.equal(scanner.text("metadata.namespace"), "größe");
  assert.equal(scanner.text("name"), undefined);
  scanner.scan(Buffer.from('{"name":"n","metadata":[{"name":"no"}],"kind":null,"a":{"name":"no"}}'));
  assert.equal(scanner.text("name"), "n");
  assert.equal(scanner.text("kind"), undefined);
  assert.equal(scanner.text("metadata.name"), undefined);
});
