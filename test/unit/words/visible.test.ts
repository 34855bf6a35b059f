import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { formatYaml } from "../../../src/print/yaml.ts";
import { visible, visibleDocument, visibleJson, visibleLine } from "../../../src/words/visible.ts";

/** What a terminal obeys or does not show: all of it, by what Unicode says of the characters. */
const KINDS: [what: string, characters: string[]][] = [
  ["C0 controls", Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code))],
  ["delete and C1 controls", Array.from({ length: 0x21 }, (_, index) => String.fromCharCode(0x7f + index))],
  ["marks of direction", [..."\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]],
  [
    "zero width",
    [..."\u00ad\u200b\u200c\u200d\u2060\u2061\ufeff\u180e\u034f\u115f\u3164\uffa0\ufe0f\u2800", "\u{e01ef}"],
  ],
  ["ends of lines", [..."\u0085\u2028\u2029"]],
  ["spaces that look like one", [..."\u00a0\u2003\u202f\u3000"]],
  ["half a character, and none", ["\ud800", "\udc00", "\ufffe", "\uffff", "\u{1fffe}"]],
  ["tags", ["\u{e0001}", "\u{e0041}"]],
];

describe("a text in one line shows", () => {
  for (const [what, characters] of KINDS) {
    it(what, () => {
      for (const character of characters) {
        const shown = visible(`a${character}b`);
        assert.match(shown, /^a\\(?:[nrt]|u[0-9a-f]{4}|u\{[0-9a-f]{5}\})b$/);
        assert.equal(visible(shown), shown);
      }
    });
  }
  it("what people write as it is", () => {
    for (const text of ["web-1", "größe", "日本語", "שלום", "😀 £ € ~ \\ ' \" `", "�"]) {
      assert.equal(visible(text), text);
    }
  });
  it("tabs, where it is a whole line", () => assert.equal(visibleLine("\ta\u0007\n"), "\ta\\u0007\\n"));
});

describe("a document", () => {
  const obeyed = KINDS.filter(([what]) => !/zero width|spaces/.test(what)).flatMap(([, each]) => each);
  const raw = obeyed.filter((character) => character !== "\n" && character !== "\t");

  it("holds nothing raw that a terminal obeys, whatever the format", () => {
    for (const character of raw) {
      for (const text of [
        visibleDocument(`a${character}\n\tb`),
        visibleJson(JSON.stringify({ [character]: character }, undefined, 2)),
        formatYaml({ [character]: character, lines: `a\n${character}\n` }),
      ]) {
        assert.ok(!text.includes(character), JSON.stringify(text));
      }
    }
  });
  it("means what it meant, in JSON and in YAML", () => {
    const value = Object.fromEntries(
      KINDS.flatMap(([, each]) => each).map((character) => [`k${character}`, `v${character}\n`]),
    );
    assert.deepEqual(JSON.parse(visibleJson(JSON.stringify(value))), value);
    assert.deepEqual(parse(formatYaml(value)), value);
  });
  it("keeps what languages and emoji need", () => {
    const text = "👩\u200d💻 ⚠\ufe0f می\u200cخواهم\u00a0!\n\tb\n";
    assert.equal(visibleDocument(text), text);
    assert.equal(formatYaml({ text }), `text: |\n  ${text.trimEnd().replace("\n", "\n  ")}\n`);
  });
});
