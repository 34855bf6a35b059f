import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { ListParser, parseList } from "../../../src/cluster/lists/list-text.ts";
import { asWrittenByGo } from "../../../src/kubernetes/json.ts";
import { JsonText, joinPieces, writeJson } from "../../../src/kubernetes/json-text.ts";

const METADATA = { resourceVersion: "7", continue: "next" };
const AS_TEXT = ["data", "binaryData"];

const list = (items: string) =>
  Buffer.from(
    `{"kind":"ConfigMapList","apiVersion":"v1","metadata":${JSON.stringify(METADATA)},"items":${items}}`,
  );

interface Case {
  name: string;
  /** The item's JSON, as a server writes it. */
  item: string;
  /** Whether its data stays text. */
  text: boolean;
}

const CASES: Case[] = [
  { name: "strings", item: '{"metadata":{"name":"a"},"data":{"k":"v","l":"w"}}', text: true },
  { name: "no strings", item: '{"data":{}}', text: false },
  { name: "an escaped quote", item: '{"data":{"k":"a \\" }, b"},"kind":"x"}', text: true },
  { name: "backslashes before the end", item: '{"data":{"k":"a\\\\","l":"\\\\\\""}}', text: true },
  { name: "lines, in letters of every length", item: '{"data":{"größe":"ß\\n😀\\t"}}', text: true },
  { name: "what looks like the end", item: '{"data":{"k":"}]}","l":"{["}}', text: true },
  { name: "an escape by number", item: '{"data":{"k":"\\u003cb\\u003e"}}', text: false },
  { name: "an escaped slash", item: '{"data":{"k":"a\\/b"}}', text: false },
  {
    name: "a key that is a number, which JavaScript puts first",
    item: '{"data":{"b":"1","10":"2"}}',
    text: false,
  },
  { name: "a value that is no string", item: '{"data":{"k":1}}', text: false },
  { name: "an object in it", item: '{"data":{"k":{"l":"m"}}}', text: false },
  { name: "a list in its place", item: '{"data":["k","v"]}', text: false },
  { name: "null in its place", item: '{"data":null,"immutable":true}', text: false },
  { name: "spaces between", item: '{ "data" : {"k": "v"} , "kind" : "x" }', text: false },
  {
    name: "the same name further in",
    item: '{"spec":{"data":{"k":"v"}},"n":[1,-2.50,{"data":[]}]}',
    text: false,
  },
  {
    name: "a number that JavaScript cannot hold beside it",
    item: '{"n":9007199254740993,"data":{"k":"v"}}',
    text: true,
  },
  { name: "a name that is an escape", item: '{"d\\u0061ta":{"k":"v"}}', text: true },
];

for (const { name, item, text } of CASES) {
  test(`an item with ${name} is written as if it had been parsed, its data ${text ? "text" : "parsed"}`, () => {
    const [parsed] = parseList(list(`[${item}]`), []).items;
    const [kept] = parseList(list(`[${item}]`), AS_TEXT).items;
    assert.ok(kept !== undefined && parsed !== undefined);
    assert.equal(kept["data"] instanceof JsonText, text);
    assert.equal(joinPieces(writeJson(kept)), JSON.stringify(parsed));
    assert.equal(JSON.stringify(kept), JSON.stringify(parsed));
  });
}

test("any list is the same whether data stays text or not", () => {
  const strings = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
  const item = fc.record({
    metadata: fc.object(),
    data: fc.oneof(strings, fc.jsonValue()),
    rest: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.array(item), fc.constantFrom(undefined, 1), fc.boolean(), (items, spaces, go) => {
      const plain = JSON.stringify({ apiVersion: "v1", metadata: METADATA, items }, undefined, spaces);
      const page = Buffer.from(go ? asWrittenByGo(plain) : plain);
      const kept = parseList(page, AS_TEXT);
      const parsed = parseList(page, []);
      assert.deepEqual([kept.apiVersion, kept.metadata], [parsed.apiVersion, parsed.metadata]);
      assert.deepEqual(
        kept.items.map((each) => joinPieces(writeJson(each))),
        parsed.items.map((each) => JSON.stringify(each)),
      );
    }),
  );
});

for (const items of ["null", "[]"]) {
  test(`a list whose items are ${items} has none`, () => {
    assert.deepEqual(parseList(list(items), AS_TEXT), {
      kind: "ConfigMapList",
      apiVersion: "v1",
      metadata: METADATA,
      items: [],
    });
  });
}

test("an answer that is cut off anywhere is refused", () => {
  const whole = list('[{"metadata":{"name":"a"},"data":{"k":"v \\" w"},"immutable":true},{"data":{}}]');
  for (let length = 0; length < whole.length; length += 1) {
    assert.throws(() => parseList(whole.subarray(0, length), AS_TEXT), SyntaxError, `${length} bytes`);
  }
});

test("a list that comes in pieces has the same items, each as soon as what follows it is there", () => {
  const items = '[{"metadata":{"name":"a"},"data":{"k":"v \\" w"},"n":12},{"data":{"k":"}]"}},{"data":null}]';
  const whole = list(items);
  const expected = parseList(whole, AS_TEXT);
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
      const ends = [...cuts, whole.length].sort((one, other) => one - other);
      const parser = new ListParser(AS_TEXT);
      const taken = ends.flatMap(
        (end, index) => parser.take([whole.subarray(ends[index - 1] ?? 0, end)]).items,
      );
      const rest = parser.end();
      assert.deepEqual([...taken, ...rest.items], expected.items);
      assert.deepEqual(rest.metadata, expected.metadata);
    }),
  );
  const parser = new ListParser(AS_TEXT);
  const second = whole.indexOf('},{"data"') + 2;
  assert.equal(parser.take([whole.subarray(0, second - 1)]).items.length, 0);
  assert.equal(parser.take([whole.subarray(second - 1, second)]).items.length, 1);
  assert.deepEqual(parser.head?.metadata, METADATA);
  assert.throws(() => parser.end(), SyntaxError);
});

test("what has stayed text is refused once its memory is given back, and the rest of the list comes whole", () => {
  const items = ["a", "b", "c"].map((name) => `{"metadata":{"name":"${name}"},"data":{"k":"${name}"}}`);
  const whole = list(`[${items}]`);
  // In two pieces each, so that the parser joins them; the second item is cut in its midst.
  const middle = whole.indexOf('"k":"b"');
  const parser = new ListParser(AS_TEXT);
  const parsed = parser.take([whole.subarray(0, 20), whole.subarray(20, middle)]);
  const [first] = parsed.items;
  assert.equal(JSON.stringify(first), items[0]);
  parsed[Symbol.dispose]();
  assert.throws(() => JSON.stringify(first), /memory has been freed/);
  const { items: rest } = parser.take([whole.subarray(middle, -10), whole.subarray(-10)]);
  assert.deepEqual(
    rest.map((item) => JSON.stringify(item)),
    items.slice(1),
  );
  assert.deepEqual(parser.end().metadata, METADATA);
  // What came in one piece is whoever's who gave it.
  const alone = new ListParser(AS_TEXT);
  const parsedAlone = alone.take([whole]);
  const [kept] = parsedAlone.items;
  parsedAlone[Symbol.dispose]();
  assert.equal(JSON.stringify(kept), items[0]);
});

test("a list whose items come before what it says of itself is parsed when it has ended", () => {
  const text = `{"apiVersion":"v1","items":[{"data":{"k":"v"}}],"kind":"List","metadata":${JSON.stringify(METADATA)}}`;
  const parser = new ListParser(AS_TEXT);
  assert.deepEqual(parser.take([Buffer.from(text.slice(0, 50))]).items, []);
  assert.deepEqual(parser.take([Buffer.from(text.slice(50))]).items, []);
  assert.deepEqual(parser.end(), JSON.parse(text));
});
