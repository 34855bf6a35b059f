/** Values that trip programs which read numbers, dates or texts, and the definitions of their objects. */

import { type Definition, OPEN_VERSION } from "../../support/engine/rig.ts";

/** Keeps whatever it is given. */
export const OPEN: Definition = {
  group: "values.example.com",
  plural: "opens",
  kind: "Open",
  namespaced: true,
  versions: [OPEN_VERSION],
};

/** Knows its fields: what is missing is not what is empty, and null may stand where it is allowed. */
export const STRICT: Definition = {
  group: "values.example.com",
  plural: "stricts",
  kind: "Strict",
  namespaced: true,
  versions: [
    {
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: {
            spec: {
              type: "object",
              properties: {
                ratio: { type: "number" },
                count: { type: "integer", format: "int64" },
                port: { "x-kubernetes-int-or-string": true },
                note: { type: "string", nullable: true },
                colour: { type: "string", nullable: true, default: "blue" },
                time: { type: "string", format: "date-time" },
                names: { type: "object", additionalProperties: { type: "string", nullable: true } },
                list: { type: "array", items: { type: "object", properties: { a: { type: "number" } } } },
              },
            },
          },
        },
      },
    },
  ],
};

/** As JSON text; where the API server keeps it in another form, or not as it is, that form. */
export const KEPT: readonly (readonly [sent: string, kept?: string])[] = [
  // Integers around 2^53 and at both ends of 64 bits.
  ["9007199254740991"],
  ["9007199254740993"],
  ["-9007199254740993"],
  ["9223372036854775807"],
  ["-9223372036854775808"],
  ["1000000000000001"],
  // Beyond them the API server goes over to floats.
  ["9223372036854775808", "9223372036854776000"],
  ["-9223372036854775809", "-9223372036854776000"],
  ["123456789012345678901234567890", "1.2345678901234568e+29"],
  // Floats.
  ["1.0", "1"],
  ["1e21", "1e+21"],
  ["1E21", "1e+21"],
  ["1e20", "100000000000000000000"],
  ["0.30000000000000004"],
  ["0.1"],
  ["-0.0", "0"],
  ["-0", "0"],
  ["5e-324"],
  ["1.7976931348623157e+308"],
  ["1e-7"],
  ["0.000001"],
  ["1e-400", "0"],
  ["12345678901234567.5", "12345678901234568"],
  ["[1,2.5,9007199254740993,-1e+21]"],
  // Texts that a reader of YAML or a helpful parser would take for something else.
  ...[
    "9007199254740993",
    "1.0",
    "1e21",
    "0x1F",
    "0o17",
    "010",
    "1_000",
    "+1",
    ".5",
    "NaN",
    ".inf",
    "true",
    "True",
    "yes",
    "no",
    "on",
    "y",
    "null",
    "~",
    "",
    " ",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456Z",
    "2026-01-02T03:04:05+02:00",
    "12:30:45",
    "190:20:30",
    "=",
    "<<",
    "- a",
    "a: b",
    "# c",
    "{}",
    "[]",
    "!!int 1",
    "&a",
    "*a",
    "| ",
    "---\n",
    "...",
    "line\nline\r\n\ttab ",
    "\\u0041 \\n %s $HOME $(X) {{ .y }}",
    '"',
    "'",
  ].map((text) => [JSON.stringify(text)] as const),
  // Unicode: each normal form is a text of its own.
  ['"\u00e9"'],
  ['"e\u0301"'],
  ['"\u212b \u00c5 A\u030a"'],
  ['"\ufb01 fi \u2075 5 \uff21 A"'],
  ['"\u1e9b\u0323 \u017f\u0323\u0307 s\u0323\u0307"'],
  ['"\uac00 \u1100\u1161"'],
  ['"😀 👩‍👩‍👧‍👦 🏳️‍🌈 \u{10ffff} \u{1d11e}"'],
  ['"\ufeff\u200b\u200d\u202e\u2066\u00ad\ufffe\uffff"'],
  // Control characters, and what scripts in web pages must escape.
  ['"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001b\\u001f"'],
  ['"\\u007f\\u0080\\u009f"', '"\u007f\u0080\u009f"'],
  ['"\u2028\u2029</script><!-- &amp;"'],
  // Half a pair is no text: the API server puts the sign for that in its place.
  ['"\\ud800"', '"\ufffd"'],
  ['"\\udc00\\ud800"', '"\ufffd\ufffd"'],
  ['"\\ud83d\\ude00"', '"😀"'],
  // Keys.
  ['{"":1,"10":2,"2":3,"a b":4,"a.b/c":5,"e\u0301":6,"\u00e9":7}'],
  ['{"__proto__":{"polluted":true},"constructor":{"prototype":{}},"hasOwnProperty":1,"toString":null}'],
  ['{"$ref":"#/a","*":3,"@type":"x","a[0]":2,"~0~1":1}'],
  ['{"rawJSON":"1"}'],
  // What is empty is there.
  ["null"],
  ["{}"],
  ["[]"],
  ['[null,{},[],"",0,false]'],
  ['{"a":null,"b":{},"c":[],"d":"","e":0,"f":false}'],
  ['{"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":null,"uid":"1"},"status":{"a":1}}'],
  [`${"[".repeat(490)}9007199254740993${"]".repeat(490)}`],
  [`${'{"a":'.repeat(490)}1.5${"}".repeat(490)}`],
];

/** Values of the definition that knows its fields; some as the API server changes them. */
export const STRICT_VALUES: readonly (readonly [sent: string, kept?: string])[] = [
  ["{}", '{"colour":"blue"}'],
  ['{"colour":null}', '{"colour":null}'],
  ['{"colour":"","note":null}'],
  ['{"colour":"blue","names":{}}'],
  ['{"colour":"blue","names":{"":"","a.b/c":null,"n":"1"}}'],
  ['{"colour":"blue","list":[]}'],
  [
    '{"colour":"blue","list":[{},{"a":1.0},{"a":1e21},{"a":-0.0}]}',
    '{"colour":"blue","list":[{},{"a":1},{"a":1e+21},{"a":0}]}',
  ],
  ['{"colour":"blue","count":9223372036854775807,"ratio":9007199254740993}'],
  ['{"colour":"blue","count":-9223372036854775808,"ratio":0.1}'],
  ['{"colour":"blue","port":80}'],
  ['{"colour":"blue","port":"80"}'],
  ['{"colour":"blue","time":"2026-01-02T03:04:05.123456Z"}'],
  ['{"colour":"blue","time":"2026-01-02T03:04:05.000000Z"}'],
  ['{"colour":"blue","time":"2026-01-02T03:04:05.120+02:00"}'],
];

/** What the API server takes from nobody. */
export const REFUSED = ["1E400", "-1e309", "NaN", "01", "+1", ".5", "1."];
