import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { parseJson } from "../../../src/kubernetes/json.ts";
import { parseFieldSelector } from "../../../src/selection/field-selector.ts";

const SECRET = parseJson(
  '{"type":"Opaque","immutable":true,"metadata":{"name":"a","namespace":"shop"},"spec":{"replicas":3,"big":9007199254740993,"none":null,"list":["a"],"text":"x,y=z\\\\"}}',
);

const CASES: [selector: string, matches: boolean][] = [
  ["metadata.name=a", true],
  ["metadata.name==a", true],
  ["metadata.name = a", true],
  ["metadata.name=b", false],
  ["metadata.name!=b", true],
  ["metadata.name!=a", false],
  ["type=Opaque,metadata.namespace=shop", true],
  ["type=Opaque,metadata.namespace!=shop", false],
  [" type=Opaque , metadata.name=a ", true],
  ["type!=kubernetes.io/tls", true],
  ["immutable=true", true],
  ["immutable!=true", false],
  ["spec.replicas=3", true],
  ["spec.big=9007199254740993", true],
  ["spec.big=9007199254740992", false],
  // What is missing, null or no single value counts as empty.
  ["spec.missing=", true],
  ["spec.missing!=", false],
  ["spec.missing!=x", true],
  ["missing.deeper.still=", true],
  ["spec.none=", true],
  ["spec.list=", true],
  ["metadata.name.deeper=", true],
  ["constructor.name=", true],
  // Escapes, as in kubectl.
  ["spec.text=x\\,y\\=z\\\\", true],
  ["spec.text=x\\,y\\=z", false],
];

describe("a field selector", () => {
  for (const [selector, matches] of CASES) {
    it(`${selector} ${matches ? "takes" : "passes over"} the Secret`, () => {
      assert.equal(parseFieldSelector(selector)(SECRET), matches);
    });
  }
  for (const selector of [
    "",
    "name",
    "=a",
    "metadata.=a",
    ".name=a",
    "a=b,",
    ",a=b",
    "a=b,,c=d",
    "a>b",
    "a=b=c",
    "a b=c",
    "a=\\x",
  ]) {
    it(`${JSON.stringify(selector)} is none`, () => {
      assert.throws(() => parseFieldSelector(selector), UsageError);
    });
  }
});
