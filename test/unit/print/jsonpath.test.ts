/** Templates and what they find; test/program/get compares many more with kubectl's own answers. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "../../../src/kubernetes/json.ts";
import { goJson, goText } from "../../../src/print/jsonpath/go-values.ts";
import { fillTemplate, parseTemplate } from "../../../src/print/jsonpath/jsonpath-template.ts";
import { JsonPathError } from "../../../src/print/jsonpath/parse-jsonpath.ts";

const OBJECT = parseJson(
  '{"a":1.0,"big":9007199254740993,"beyond":18446744073709551616,"s":"x","n":null,"l":[1,2.5,"z"],"m":{"k":"<v>"},"__proto__":"p"}',
);

const FILLED: [template: string, text: string][] = [
  ["{.a} {.big} {.beyond} {.s} {.n}", "1 9007199254740993 1.8446744073709552e+19 x null"],
  ["{.l} {.m} {.missing}|", '[1,2.5,"z"] {"k":"\\u003cv\\u003e"} |'],
  ["{.l[0]}{.l[-1]}{.l[:2]}{.l[*]}", "1z1 2.51 2.5 z"],
  ["{.l[?(@)]}", "1 2.5 z"],
  ["{range .l[*]}<{@}>{end}", "<1><2.5><z>"],
  ["{.n.deeper}{.n[0]}{.s.x}", ""],
  // No property that an object has by itself is one of its fields.
  ["{.constructor}{.m.toString}{.l.length}{.big.rawJSON}{.__proto__}", "p"],
  ["{.m.*}{..k}", "<v><v>"],
  ["", ""],
];

const WRONG = [
  ...[
    "{",
    "{.a",
    "{.l[}",
    "{.l[0}",
    "{.l[a]}",
    "{.l[]}",
    "{a}",
    "{range .l[*]}",
    "{end}",
    "{'a}",
    '{"\\q"}',
    "{#}",
    "{....a}",
  ],
  ...["{.l[?(@.a]}", "{.l[?(@.a)}", "{.l[?(@.a=~1)]}", "{1.2.3}"],
];

const UNFIT = [
  ...["{.l[3]}", "{.l[-4]}", "{.l[2:1]}", "{.l[0:9]}", "{.l[::0]}", "{.s[0]}", "{.m[0]}", "{.s[?(@.x)]}"],
  ...["{.l[?(@==1)]}", "{.l[?(@<true)]}"],
];

const fill = (template: string) => fillTemplate(parseTemplate(template), OBJECT);

describe("a template", () => {
  for (const [template, text] of FILLED)
    it(`${template} is filled in`, () => assert.equal(fill(template), text));
  for (const template of WRONG)
    it(`${template} is none`, () => assert.throws(() => parseTemplate(template), JsonPathError));
  for (const template of UNFIT) {
    it(`${template} does not fit, and what is there is not told`, () => {
      assert.throws(
        () => fill(template),
        (error: unknown) => error instanceof JsonPathError && !/<v>|"x"|"z"/.test(error.message),
      );
    });
  }
});

describe("values as Go writes them", () => {
  const rows: [json: string, text: string, marshalled: string][] = [
    ["1.0", "1", "1"],
    ["1e21", "1e+21", "1e+21"],
    ["0.00001", "1e-05", "0.00001"],
    ["-0.000000123", "-1.23e-07", "-1.23e-7"],
    ["123456.5", "123456.5", "123456.5"],
    ["1234567.5", "1.2345675e+06", "1234567.5"],
    ["-9223372036854775808", "-9223372036854775808", "-9223372036854775808"],
    [
      '{"b":[1,"x",null],"a":{"c":true}}',
      "map[a:map[c:true] b:[1 x <nil>]]",
      '{"a":{"c":true},"b":[1,"x",null]}',
    ],
    ['"a & b"', "a & b", '"a \\u0026 b"'],
    ["null", "<nil>", "null"],
  ];
  for (const [json, text, marshalled] of rows) {
    it(json, () => {
      assert.equal(goText(parseJson(`[${json}]`)), `[${text}]`);
      assert.equal(goJson(parseJson(`[${json}]`)), `[${marshalled}]`);
    });
  }
});
