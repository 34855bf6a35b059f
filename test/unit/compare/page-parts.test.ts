/** What the page is made of, without a browser. */

import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { countMatrix, total } from "../../../src/compare/html/counts.ts";
import { alignLines, changedWords } from "../../../src/compare/html/data/aligned-lines.ts";
import { causesOf, pageObjects } from "../../../src/compare/html/data/page-object.ts";
import { valueText, valueTexts } from "../../../src/compare/html/data/yaml-text.ts";
import { readableTime } from "../../../src/compare/html/heading.ts";
import { pageChunks } from "../../../src/compare/html/page.ts";
import { parseJson } from "../../../src/kubernetes/json.ts";
import type { Line } from "../../../src/pages/browser/elements/lines-data.ts";
import { escapeHtml, escapeJson, textHtml } from "../../../src/pages/escape.ts";
import { hostileComparison } from "../../support/samples/hostile-comparison.ts";
import { SECRET_VALUE, sampleComparison } from "../../support/samples/sample-comparison.ts";

describe("escaping", () => {
  it("leaves nothing that ends an element or an attribute", () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
    fc.assert(fc.property(fc.jsonValue(), (value) => !escapeJson(value).includes("<")));
  });

  it("changes no value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(JSON.parse(escapeJson(value)), JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  for (const [text, html] of [
    ["a & b", "a &amp; b"],
    ["</script>", "&lt;/script&gt;"],
    ["a\u202eb", 'a<span class="code">U+202E</span>b'],
    ["\u00a0", '<span class="code">U+00A0</span>'],
    ["Grüße, 世界\n\tund mehr", "Grüße, 世界\n\tund mehr"],
  ] as const) {
    it(`shows ${JSON.stringify(text)}`, () => assert.equal(textHtml(text), html));
  }
});

describe("lines side by side", () => {
  const cases: [string, string, string, unknown][] = [
    ["the same", "a\nb", "a\nb", [{ both: ["a", "b"] }]],
    ["one changed", "a\nb\nc", "a\nx\nc", [{ both: ["a"] }, { left: ["b"], right: ["x"] }, { both: ["c"] }]],
    ["one more", "a", "a\nb", [{ both: ["a"] }, { left: [], right: ["b"] }]],
    ["one less at the start", "a\nb", "b", [{ left: ["a"], right: [] }, { both: ["b"] }]],
    [
      "a word in a line",
      "image: web:1.4.2",
      "image: web:1.5.0",
      [{ left: [["image: web:1.", "4.2"]], right: [["image: web:1.", "5.0"]] }],
    ],
  ];
  for (const [name, left, right, expected] of cases) {
    it(name, () => assert.deepEqual(alignLines(left, right), expected));
  }

  it("hold both texts, whatever they are", () => {
    const text = fc
      .array(fc.constantFrom("a", "b b", "c: d e", "", "x.y.z"))
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const aligned = alignLines(left, right);
        const side = (name: "left" | "right") =>
          aligned.flatMap((lines) => ("both" in lines ? lines.both : lines[name].map(whole))).join("\n");
        assert.equal(side("left"), left);
        assert.equal(side("right"), right);
      }),
    );
  });

  it("hold long texts that have nothing in common, and do not take long", () => {
    const lines = (prefix: string) =>
      Array.from({ length: 20_000 }, (_, line) => `${prefix}${line}`).join("\n");
    const [aligned] = alignLines(lines("a"), lines("b"));
    assert.ok(aligned !== undefined && "left" in aligned);
    assert.equal(aligned.left.length, 20_000);
    assert.equal(aligned.right.length, 20_000);
  });

  it("mark what lies between the ends of long lines", () => {
    const { left, right } = changedWords(
      `${"a".repeat(5000)}xx${"b".repeat(5000)}`,
      `${"a".repeat(5000)}y${"b".repeat(5000)}`,
    );
    assert.deepEqual([left[1], right?.[1]], ["xx", "y"]);
  });
});

function whole(line: Line): string {
  return typeof line === "string" ? line : line.join("");
}

/** A number as it is read from a cluster or an archive. */
function numberOf(text: string): unknown {
  return (parseJson(`[${text}]`) as unknown[])[0];
}

describe("a value", () => {
  for (const [value, text] of [
    ["5", '"5"'],
    [5, "5"],
    ["web", "web"],
    ["", '""'],
    [null, "null"],
    [true, "true"],
    ["two\nlines\n", "two\nlines\n"],
    [numberOf("12345678901234567890"), "12345678901234567890"],
    [numberOf("1.0"), "1.0"],
    [{ a: ["b"] }, "a:\n- b"],
  ] as const) {
    it(`${JSON.stringify(value)} is shown as ${JSON.stringify(text)}`, () =>
      assert.equal(valueText(value), text));
  }

  it("that is JSON in a text is spread over lines, unless only its spaces differ", () => {
    assert.deepEqual(valueTexts('{"a":1}', '{"a":2}'), {
      left: '{\n  "a": 1\n}\n',
      right: '{\n  "a": 2\n}\n',
    });
    const { left, right } = valueTexts('{"a":1}', '{"a": 1}');
    assert.notEqual(left, right);
    assert.deepEqual([parse(left), parse(right)], ['{"a":1}', '{"a": 1}']);
  });
});

describe("the page's objects", () => {
  it("come by namespace, kind and name, those of the cluster first", () => {
    const objects = [...pageObjects(sampleComparison(100))];
    const keys = objects.map(({ namespace, kind, name }) => `${namespace ?? ""}\0${kind}\0${name}`);
    assert.deepEqual(keys, keys.toSorted());
  });

  it("each have a link of their own", () => {
    const ids = [...pageObjects(sampleComparison(1000))].map(({ id }) => id);
    assert.equal(new Set(ids).size, 1000);
    assert.ok(
      ids.includes(ids.find((id) => id.startsWith("-/clusterroles.rbac.authorization.k8s.io/")) ?? ""),
    );
  });

  it("hold no value of a Secret, though the comparison should have let one through", () => {
    const comparison = sampleComparison(200);
    for (const object of comparison.objects) for (const field of object.fields) delete field.masked;
    assert.ok(JSON.stringify(comparison).includes(SECRET_VALUE));
    assert.ok(![...pageChunks(comparison, { script: "" })].join("").includes(SECRET_VALUE));
  });

  it("follow others of their namespace, never in a circle", () => {
    const { objects } = sampleComparison(3);
    const [first, second, third] = objects;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    assert.deepEqual(causesOf([first, second]), [undefined, 0]);
    const circle = [
      { ...first, follows: second },
      { ...second, follows: first },
    ];
    assert.equal(causesOf(circle).filter((leader) => leader === undefined).length, 1);
    const gone = {
      ...third,
      apiVersion: "v1",
      kind: "Namespace",
      resource: "namespaces",
      namespace: null,
      name: first.namespace ?? "",
    };
    assert.deepEqual(causesOf([gone, { ...first, follows: gone }]), [undefined, undefined]);
  });

  it("tell which side alone has a field or no line feed at its end, and who wrote it", () => {
    const comparison = sampleComparison(1);
    const [object] = comparison.objects;
    assert.ok(object !== undefined);
    object.fields = [
      { path: "a", left: 1 },
      { path: "b", right: 1, follows: true },
      { path: "c", left: "x\ny\n", right: "x\ny" },
      { path: "d", left: ["v"], right: ["w"], order: true },
    ];
    const [shown] = pageObjects(comparison);
    assert.deepEqual(shown?.fields, [
      { path: "a", lines: [{ left: ["1"], right: [] }], only: "left" },
      { path: "b", lines: [{ left: [], right: ["1"] }], only: "right", byCluster: true },
      { path: "c", lines: [{ both: ["x", "y"] }], open: "right" },
      { path: "d", lines: [{ left: [["- ", "v"]], right: [["- ", "w"]] }], order: true },
    ]);
  });
});

describe("the summary", () => {
  it("counts every object once", () => {
    const { objects, summary } = sampleComparison(500);
    const { rows, totals, kinds } = countMatrix(objects);
    assert.equal(
      totals.reduce((sum, counts) => sum + total(counts), 0),
      500,
    );
    assert.equal(
      rows.reduce((sum, row) => sum + total(row.total), 0),
      500,
    );
    assert.equal(
      rows.reduce((sum, row) => sum + row.total.removed, 0),
      summary.removed,
    );
    assert.equal(kinds.length, totals.length);
    for (const { cells, total: ofRow } of rows) {
      assert.equal(
        cells.reduce((sum, counts) => sum + (counts === undefined ? 0 : total(counts)), 0),
        total(ofRow),
      );
    }
    assert.equal(rows[0]?.namespace, null);
  });
});

test("a page of hostile text has the elements of any other", () => {
  const html = [...pageChunks(hostileComparison(), { script: "" })].join("");
  assert.equal(html.match(/<script/g)?.length, 2);
  assert.equal(html.match(/<\/script/g)?.length, 2);
  assert.equal(html.match(/<(?:img|base|form|iframe|svg onload)/g), null);
});

for (const [time, shown] of [
  ["2026-10-01T03:00:00Z", "2026-10-01 03:00:00 UTC"],
  ["2026-10-01T03:00:00.123+02:00", "2026-10-01 01:00:00 UTC"],
  ["yesterday", "yesterday"],
] as const) {
  test(`the time ${time} is shown as ${shown}`, () => assert.equal(readableTime(time), shown));
}
