import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Comparison, FieldDifference, ObjectDifference } from "../../../src/compare/document.ts";
import { EditBudget } from "../../../src/compare/edit-budget.ts";
import { colorsOf } from "../../../src/compare/text/colors.ts";
import { comparisonText } from "../../../src/compare/text/comparison-text.ts";
import { fieldText } from "../../../src/compare/text/field-text.ts";
import { parseJson } from "../../../src/kubernetes/json.ts";
import { printable } from "../../../src/terminal/styled.ts";

const PLAIN = { colors: colorsOf(false), width: 60, budget: new EditBudget() };

const ESCAPE = String.fromCharCode(27);

describe("a field is written", () => {
  for (const [what, field, expected] of [
    ["with old and new", { path: "spec.replicas", left: 2, right: 3 }, ["spec.replicas: 2 → 3"]],
    ["so that a text is told from a number", { path: "a", left: 1, right: "1" }, ['a: 1 → "1"']],
    ["as added", { path: "metadata.labels.a", right: "b" }, ["metadata.labels.a: + b"]],
    ["as removed", { path: "metadata.labels.a", left: "" }, ['metadata.labels.a: - ""']],
    [
      "with all digits of its number",
      {
        path: "a",
        left: (parseJson("[9007199254740993]") as unknown[])[0],
        right: (parseJson("[1.0]") as unknown[])[0],
      },
      ["a: 9007199254740993 → 1.0"],
    ],
    [
      "as YAML, where a tree came",
      { path: "env[name=A]", right: { name: "A", value: "1" } },
      ["env[name=A]:", "    + name: A", '    + value: "1"'],
    ],
    [
      "as YAML, where a tree took the place of another",
      { path: "a", left: { b: 1 }, right: [1] },
      ["a:", "    - b: 1", "    + - 1"],
    ],
    [
      "with order, where that is all",
      { path: "env", left: ["A", "B"], right: ["B", "A"], order: true },
      ["env: order A, B → B, A"],
    ],
    [
      "without a value, where it is a Secret's",
      { path: "data.a", left: "***", right: "***", masked: true },
      ["data.a: changed (the value is not shown)"],
    ],
    [
      "without a value that came",
      { path: "data.a", right: "***", masked: true },
      ["data.a: added (the value is not shown)"],
    ],
    [
      "on lines of its own, where it is long",
      { path: "spec.image", left: "a".repeat(30), right: "b".repeat(30) },
      ["spec.image:", `    - ${"a".repeat(30)}`, `    + ${"b".repeat(30)}`],
    ],
    [
      "shortened to where it differs",
      { path: "a", left: `${"x".repeat(200)}1`, right: `${"x".repeat(200)}2${"y".repeat(200)}` },
      ["a:", `    - …${"x".repeat(16)}1`, `    + …${"x".repeat(16)}2${"y".repeat(37)}…`],
    ],
    [
      "line by line, where it is a text of many",
      { path: "data.a", left: "1\n2\n3\n4\n5\n6\n", right: "1\n2\n3\n4\nfive\n6\n" },
      ["data.a:", "    @@ -2,5 +2,5 @@", "     2", "     3", "     4", "    -5", "    +five", "     6"],
    ],
    [
      "with ends of lines that cannot be seen",
      { path: "data.a", left: "1\r\n2\n", right: "1\n2\n" },
      ["data.a:", "    @@ -1,2 +1,2 @@", "    -1\\r", "    +1", "     2"],
    ],
    [
      "pretty, where JSON is in it",
      { path: "a", left: '{"b":1,"c":2}', right: '{"b":1,"c":3}' },
      ["a:", "    @@ -1,4 +1,4 @@", "     {", '       "b": 1,', '    -  "c": 2', '    +  "c": 3', "     }"],
    ],
    [
      "as it is, where the same JSON is written differently",
      { path: "a", left: '{"b":1}', right: '{"b": 1}' },
      ['a: "{\\"b\\":1}" → "{\\"b\\": 1}"'],
    ],
    [
      "so that the terminal obeys nothing in it",
      { path: `a["${ESCAPE}"]`, left: `${ESCAPE}[31m`, right: "\u202e1" },
      null,
    ],
  ] as [string, FieldDifference, string[] | null][]) {
    it(what, () => {
      const lines = fieldText(field, PLAIN);
      if (expected === null) assert.doesNotMatch(lines.map(printable).join(""), /[\p{Cc}\p{Cf}]/u);
      else assert.deepEqual(lines.map(printable), expected);
    });
  }

  it("in no more lines than anybody reads", () => {
    const many = Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\n");
    for (const field of [
      { path: "a", right: many },
      { path: "a", left: many, right: many.replaceAll("line", "row") },
      { path: "a", left: many, right: many.repeat(20) },
    ]) {
      const lines = fieldText(field, PLAIN);
      assert.ok(lines.length <= 82, `${lines.length}`);
      assert.match(
        printable(lines.at(-1) ?? ""),
        /more lines: --output json has them all|too different to show line by line/,
      );
    }
  });
});

const side = { kind: "backup", time: "2026-01-31T12:00:00Z" } as const;
const object = (change: ObjectDifference["change"], name: string, more: Partial<ObjectDifference> = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  resource: "configmaps",
  namespace: "shop",
  name,
  change,
  fields: [],
  ...more,
});
const comparison = (objects: ObjectDifference[], notes: string[] = []): Comparison => ({
  left: { ...side, name: "backup_20260131T120000Z" },
  right: { kind: "cluster", name: "blue", time: "2026-01-31T13:00:00.123Z", server: "https://blue:6443" },
  summary: { added: 1, changed: 2, removed: 3, alike: 4 },
  objects,
  notes,
});

/** The lines as a terminal gets them. */
function textOf(...given: Parameters<typeof comparisonText>): string {
  return [...comparisonText(...given)].flat().map(printable).join("\n");
}

describe("a comparison is written", () => {
  it("with both sides first and the counts last", () => {
    assert.equal(
      textOf(comparison([], ["this too"]), { colored: false, width: undefined }),
      [
        "--- backup_20260131T120000Z (2026-01-31T12:00:00Z)",
        "+++ the cluster blue (https://blue:6443, 2026-01-31T13:00:00Z)",
        "",
        "note: this too",
        "",
        "1 added, 2 changed, 3 removed, 4 alike",
      ].join("\n"),
    );
  });

  const price = { path: "data.currency", left: "EUR", right: "USD" };
  const plain = { colored: false, width: undefined };

  it("with equal changes of many objects as one entry", () => {
    const names = ["a", "b", "c", "d"];
    const text = textOf(
      comparison([
        ...names.map((name) => object("changed", name, { fields: [price] })),
        object("changed", "e", { fields: [{ ...price, right: "CHF" }] }),
        object("changed", "f", { fields: [{ ...price, right: "CHF" }] }),
        object("added", "g"),
      ]),
      plain,
    );
    assert.match(
      text,
      /\n\n~ ConfigMap \(4\): shop\/a, shop\/b, shop\/c and 1 more\n {4}data\.currency: EUR → USD\n\n~ ConfigMap shop\/e\n {4}data\.currency: EUR → CHF\n\n~ ConfigMap shop\/f\n/,
    );
  });

  it("with what controllers wrote as a count, unless it is asked for", () => {
    const own = object("changed", "web", { fields: [price], byController: true });
    const given = { ...comparison([object("removed", "a"), own]), byController: 1 };
    const text = textOf(given, plain);
    assert.doesNotMatch(text, /shop\/web/);
    assert.match(
      text,
      /\n1 added, 1 changed, 3 removed, 4 alike\nand 1 change by the cluster's own controllers, .*\(--controllers shows them\)$/,
    );
    const all = textOf(given, { ...plain, controllers: true });
    assert.match(all, /~ ConfigMap shop\/web/);
    assert.match(all, /\n1 added, 2 changed, 3 removed, 4 alike$/);
  });

  it("as a summary by kind", () => {
    const other = { kind: "Secret", resource: "secrets" };
    const text = textOf(
      comparison([
        object("removed", "a"),
        object("changed", "b", { fields: [price] }),
        object("added", "c", other),
      ]),
      { ...plain, summary: true },
    );
    assert.match(text, /\n\nKIND +ADDED +CHANGED +REMOVED\nConfigMap +0 +1 +1\nSecret +1 +0 +0\n\n1 added/);
  });

  it("with what follows from an object below it", () => {
    const deployment = { kind: "Deployment", resource: "deployments.apps", namespace: "shop", name: "web" };
    const text = textOf(
      comparison([
        object("changed", "web-1", {
          kind: "ReplicaSet",
          resource: "replicasets.apps",
          follows: deployment,
          fields: [{ path: "a", left: 1, right: 2 }],
        }),
        // Of another group: what follows is not of this one.
        object("removed", "web", { kind: "Deployment", resource: "deployments.example.com" }),
        object("changed", "web", {
          kind: "Deployment",
          resource: "deployments.apps",
          fields: [{ path: "b", left: 1, right: 2 }],
        }),
      ]),
      { colored: false, width: 80, titles: new Map([["deployments.example.com", "Deployment.example.com"]]) },
    );
    assert.match(
      text,
      /\n- Deployment\.example\.com shop\/web\n\n~ Deployment shop\/web\n {4}b: 1 → 2\n {4}~ ReplicaSet shop\/web-1\n {8}a: 1 → 2\n\n/,
    );
  });

  it("with a namespace's objects by name while they are few, and counted where they are many", () => {
    const namespace = object("removed", "shop", {
      kind: "Namespace",
      resource: "namespaces",
      namespace: null,
    });
    const follows = { kind: "Namespace", resource: "namespaces", namespace: null, name: "shop" };
    const of = (count: number) =>
      textOf(
        comparison([
          namespace,
          ...Array.from({ length: count }, (_, index) => object("removed", `m${index}`, { follows })),
        ]),
        { colored: false, width: 80 },
      );
    assert.match(of(2), /\n- Namespace shop\n {4}- ConfigMap shop\/m0\n {4}- ConfigMap shop\/m1\n\n/);
    assert.match(of(500), /\n- Namespace shop\n {4}and 500 objects in it: ConfigMap 500\n\n/);
  });

  it("in colours where they are asked for, and the same without them", () => {
    const objects = [object("changed", "a", { fields: [{ path: "b", left: "1\n2\n", right: "1\n3\n" }] })];
    const colored = textOf(comparison(objects), { colored: true, width: 80 });
    const plain = textOf(comparison(objects), { colored: false, width: 80 });
    assert.notEqual(colored, plain);
    assert.equal(stripVTControlCharacters(colored), plain);
  });
});
