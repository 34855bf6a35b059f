/** Texts in YAML; test/program/get reads what is written with kubectl, too. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { jsonEqual, parseJson } from "../../../src/kubernetes/json.ts";
import { formatYaml } from "../../../src/print/yaml.ts";
import { type StringStyle, stringStyle } from "../../../src/print/yaml-string.ts";

const STYLES: [text: string, style: StringStyle][] = [
  ["web", "plain"],
  ["registry.example.com/web:1.2@sha256:abc", "plain"],
  ["100m", "plain"],
  ["25%", "plain"],
  ["a=b,c in (d)", "plain"],
  ["/var/run", "plain"],
  ["several words", "plain"],
  ["kubectl.kubernetes.io/last-applied", "plain"],
  ...[
    "",
    " ",
    "on",
    "OFF",
    "yes",
    "N",
    "y",
    "True",
    "null",
    "NULL",
    "~",
    "nan",
    "inf",
    ".inf",
    ".5",
    "1",
    "-1",
  ].map(quotedCase),
  ...["0o7", "0777", "0x1f", "1_000", "1e3", "12:34:56", "2026-01-31", "<<", "=", "1.2.3", "10.0.0.1"].map(
    quotedCase,
  ),
  ...[
    "- a",
    "-",
    "?",
    "a: b",
    "a:",
    "a #b",
    "#",
    "a ",
    " a",
    "\t",
    "a\tb",
    "'a'",
    '"',
    "[a",
    "{a",
    "*a",
    "&a",
    "!a",
  ].map(quotedCase),
  ...["é", "\u0085", "\u2028", "😀", "a\r\nb", "\n", "\na", " a\nb", "a \nb", "a\n\n", "a\u0000\nb"].map(
    quotedCase,
  ),
  ["a\nb", "literal"],
  ["a\nb\n", "literal"],
  ["a\n  b\n\nc", "literal"],
  ["---\nb", "literal"],
  ["é\n#b: {c}\n", "literal"],
];

function quotedCase(text: string): [string, StringStyle] {
  return [text, "quoted"];
}

describe("a text in YAML", () => {
  for (const [text, style] of STYLES) {
    it(`${JSON.stringify(text)} is ${style}`, () => assert.equal(stringStyle(text), style));
  }
  it("of several lines is no block where it is a key", () => {
    assert.equal(stringStyle("a\nb", { key: true }), "quoted");
    assert.equal(formatYaml({ "a\nb": "a\nb" }), '"a\\nb": |-\n  a\n  b\n');
  });
});

describe("a value in YAML", () => {
  it("has the form that kubectl gives it", () => {
    const value = {
      kind: "A",
      spec: { list: [{ a: 1, b: ["x"] }, {}, [[]]], none: null, yes: true, text: "a\nb\n" },
    };
    const lines = [
      ...[
        "kind: A",
        "spec:",
        "  list:",
        "  - a: 1",
        "    b:",
        "    - x",
        "  - {}",
        "  - - []",
        "  none: null",
      ],
      ...['  "yes": true', "  text: |", "    a", "    b", ""],
    ];
    assert.equal(formatYaml(value), lines.join("\n"));
  });

  it("has numbers to the digit", () => {
    const text = '{"a":9007199254740993,"b":1.0,"c":1e21,"d":[-0.10,12345678901234567890]}';
    assert.equal(
      formatYaml(parseJson(text)),
      "a: 9007199254740993\nb: 1.0\nc: 1e21\nd:\n- -0.10\n- 12345678901234567890\n",
    );
  });

  it("has no aliases, and each line of a text as long as it is", () => {
    const same = { a: "b" };
    assert.equal(formatYaml([same, same]), "- a: b\n- a: b\n");
    const long = "word ".repeat(500).trim();
    assert.equal(formatYaml([long]), `- ${long}\n`);
  });

  it("is the value again, for readers of YAML 1.1 and of 1.2", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(..."aynofY01.:-+_eE N#'\"\\\n\t|>&*!%@`{}[],?=~<\u0085\u2028é😀") }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(
          text.filter((key) => key !== "__proto__"),
          tie("value"),
          { maxKeys: 3 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (original) => {
        const written = formatYaml([original]);
        for (const version of ["1.1", "1.2"] as const) {
          const [read] = parse(written, { version, merge: true, uniqueKeys: false }) as unknown[];
          if (!jsonEqual(read, original)) assert.deepEqual(read, original, written);
        }
      }),
      { numRuns: 2000, seed: 20260131 },
    );
  });
});
