/** The list of the diff page, without a browser: what a filter leaves, in which order, and what rows say. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pageObjects } from "../../../src/compare/html/data/page-object.ts";
import { arrange, itemsOf } from "../../../src/pages/browser/diff/arrange.ts";
import type { PageField } from "../../../src/pages/browser/diff/data.ts";
import { type Filter, fromFragment, NO_FILTER, toFragment } from "../../../src/pages/browser/diff/filter.ts";
import { createModel } from "../../../src/pages/browser/diff/model.ts";
import { rowSummary, shortName } from "../../../src/pages/browser/diff/row-summary.ts";
import { sampleComparison } from "../../support/samples/sample-comparison.ts";

describe("the model", () => {
  const comparison = sampleComparison(200);
  const model = createModel([...pageObjects(comparison)]);
  const shown = (words: string) => model.apply({ words: words.split(" ") }).items.map(({ object }) => object);

  it("shows all objects without a filter, what follows below what it follows", () => {
    const { items, sections, counts } = model.apply({ words: [] });
    assert.equal(items.length, 200);
    assert.equal(new Set(items).size, 200);
    assert.equal(
      sections.reduce((sum, { count }) => sum + count, 0),
      200,
    );
    assert.deepEqual(counts, { all: 200, ...(({ alike: _, ...rest }) => rest)(comparison.summary) });
    const below = sections
      .flatMap(({ entries }) => entries)
      .flatMap((entry) => ("equal" in entry ? [] : entry.below));
    assert.ok(below.length > 0);
    assert.ok(below.every(({ item }) => item.object.kind === "ReplicaSet"));
  });

  it("finds by kind, path and value; all words must be there", () => {
    assert.ok(shown("configmap").length > 0);
    assert.ok(shown("configmap").every(({ kind }) => kind === "ConfigMap"));
    assert.ok(shown("targetport").every(({ kind }) => kind === "Service"));
    assert.ok(shown("changed by hand").every(({ kind }) => kind === "ConfigMap"));
    assert.equal(shown("configmap nowhere-to-be-found").length, 0);
  });

  it("shows a follower by itself where its leader is filtered out", () => {
    const { items, sections } = model.apply({ words: [], resource: "replicasets.apps" });
    assert.ok(items.length > 0);
    assert.equal(sections.flatMap(({ entries }) => entries).length, items.length);
  });

  it("counts for each change what the other filters leave", () => {
    const { items, counts } = model.apply({ words: [], change: "removed", namespace: "shop" });
    assert.equal(items.length, counts["removed"]);
    assert.ok((counts["all"] ?? 0) > items.length);
  });
});

describe("equal changes", () => {
  const objects = [...pageObjects(sampleComparison(200))];
  const items = objects.map((object, place) => ({ object, place }));
  const groups = (apart?: string) =>
    arrange(items, apart).flatMap(({ entries }) => entries.filter((entry) => "equal" in entry));

  it("are one entry, whatever the namespace, before all else", () => {
    const [section] = arrange(items);
    assert.equal(section?.title, "equal");
    assert.equal(section.count, groups().flatMap(itemsOf).length);
    for (const group of groups()) {
      const [first, ...others] = itemsOf(group).map(({ object }) => object);
      assert.ok(others.length >= 2);
      for (const other of others) assert.deepEqual(other.fields, first?.fields);
    }
    assert.ok(
      groups().some((group) => new Set(itemsOf(group).map(({ object }) => object.namespace)).size > 1),
    );
  });

  it("hold each object once, with all others", () => {
    const shown = arrange(items).flatMap(({ entries }) => entries.flatMap(itemsOf));
    assert.equal(shown.length, items.length);
    assert.equal(new Set(shown).size, items.length);
  });

  it("hold nothing that has others below it, or is below others", () => {
    const leaders = new Set(objects.map(({ follows }) => follows?.place));
    for (const { object, place } of groups().flatMap(itemsOf)) {
      assert.equal(object.follows?.place, undefined);
      assert.ok(!leaders.has(place));
    }
  });

  it("leave out the object that a link leads to", () => {
    const member = groups().flatMap(itemsOf)[0]?.object.id;
    assert.ok(member !== undefined);
    assert.ok(
      !groups(member)
        .flatMap(itemsOf)
        .some(({ object }) => object.id === member),
    );
  });

  it("are no group where a filter leaves two", () => {
    const [group] = groups();
    assert.ok(group !== undefined);
    const sections = arrange(itemsOf(group).slice(0, 2));
    assert.ok(sections.every(({ title }) => title !== "equal"));
  });
});

describe("the filter in the address", () => {
  const CASES: [Filter, string][] = [
    [NO_FILTER, ""],
    [{ words: ["web", "port=80&x"] }, "#?search=web+port%3D80%26x"],
    [{ words: [], change: "removed", namespace: null }, "#?change=removed&namespace=-"],
    [
      { words: [], namespace: "shop", resource: "deployments.apps" },
      "#?namespace=shop&kind=deployments.apps",
    ],
    [{ words: [], isWithoutCluster: true }, "#?cluster=hide"],
  ];
  for (const [filter, fragment] of CASES) {
    it(fragment === "" ? "is nothing without one" : fragment, () => {
      assert.equal(toFragment(filter), fragment);
      const read = fragment === "" ? NO_FILTER : fromFragment(fragment);
      assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(filter)));
    });
  }

  it("is not what leads to an object", () => assert.equal(fromFragment("#shop/services/web"), undefined));

  it("is without what nobody knows", () =>
    assert.equal(toFragment(fromFragment("#?change=%3Cscript%3E&other=1") ?? NO_FILTER), ""));
});

describe("a folded row says", () => {
  const field = (path: string, left: string[], right: string[]): PageField => ({
    path,
    lines: [{ left, right }],
  });
  const CASES: [PageField[], string][] = [
    [
      [
        field("spec.replicas", ["2"], ["3"]),
        field("spec.containers[name=web].image", ["a/web:1.0"], ["a/web:2.0"]),
      ],
      "replicas 2 → 3, image 1.0 → 2.0",
    ],
    [[{ path: "data.password", secret: "changed" }], "password changed"],
    [[{ ...field("spec.limits", [], ["cpu: 1"]), only: "right" }], "limits added"],
    [[{ ...field("a.env[name=CACHE].value", ["on"], []), only: "left" }], "CACHE removed"],
    [[{ ...field("spec.items", ["a", "b"], ["b", "a"]), order: true }], "items in another order"],
    [[field('data["app.ini"]', ["a", "b"], ["c"])], "app.ini 2 lines"],
    [[field("data.text", ["x".repeat(30)], ["y"])], "text changed"],
    [
      [{ path: "rules[0].verbs", lines: [{ both: ["- get"] }, { left: ["- watch"], right: ['- "*"'] }] }],
      'verbs watch → "*"',
    ],
    [["a", "b", "c", "d", "e"].map((path) => field(path, ["1"], ["2"])), "a 1 → 2, b 1 → 2, c 1 → 2, 2 more"],
    [[{ path: "spec.tag", lines: [{ left: [["web:", "1"]], right: [["web:", "2"]] }] }], "tag 1 → 2"],
  ];
  for (const [fields, expected] of CASES) it(expected, () => assert.equal(rowSummary(fields), expected));

  const NAMES: [string, string][] = [
    ["spec.replicas", "replicas"],
    ['metadata.annotations["example.com/a"]', "example.com/a"],
    ["spec.args[2]", "args[2]"],
    ["spec.containers[name=web]", "web"],
    ["spec.ports[port=80,protocol=TCP].targetPort", "targetPort"],
    ["metadata.labels.edited-by", "edited-by"],
    ["", ""],
  ];
  for (const [path, name] of NAMES) it(`${name} for ${path}`, () => assert.equal(shortName(path), name));
});
