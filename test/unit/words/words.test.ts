import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { amount } from "../../../src/words/amount.ts";
import { didYouMean } from "../../../src/words/did-you-mean.ts";
import { countOf, pluralOf } from "../../../src/words/plural.ts";
import { someNames } from "../../../src/words/some-names.ts";

describe("what an unknown word may have been meant for", () => {
  const rows: [word: string, candidates: string[], text: string][] = [
    ["lst", ["run", "list", "lint"], ": did you mean list?"],
    ["bakcup", ["backup"], ": did you mean backup?"],
    ["frobnicate", ["backup", "restore"], ""],
    ["shop", [], ""],
    ["ls", ["$0", "run"], ""],
    ["pods", ["ds", "svc"], ""],
    ["po", ["pv"], ""],
    ["--stat", ["--at"], ""],
    ["--debgu", ["--debug"], ": did you mean --debug?"],
  ];
  for (const [word, candidates, text] of rows) {
    it(`${word} among ${candidates.join(", ") || "nothing"}`, () =>
      assert.equal(didYouMean(word, candidates), text));
  }
});

describe("an amount", () => {
  for (const [count, text] of [
    [0, "0 minutes"],
    [1, "1 minute"],
    [2, "2 minutes"],
  ] as const) {
    it(text, () => assert.equal(amount(count, "minute"), text));
  }
});

describe("some names of many", () => {
  const rows: [names: string[], most: number | undefined, text: string][] = [
    [[], undefined, ""],
    [["a"], undefined, "a"],
    [["a", "b", "c"], undefined, "a, b, c"],
    [["a", "b", "c", "d", "e"], undefined, "a, b, c and 2 more"],
    [["a", "b"], 1, "a and 1 more"],
  ];
  it("of which only the first are known", () => assert.equal(someNames(["a", "b"], 3, 9), "a, b and 7 more"));
  for (const [names, most, text] of rows) {
    it(text || "none", () => assert.equal(someNames(names, most), text));
  }
});

describe("the plural of a kind", () => {
  const rows: [kind: string, plural: string][] = [
    ["Deployment", "Deployments"],
    ["Ingress", "Ingresses"],
    ["IngressClass", "IngressClasses"],
    ["NetworkPolicy", "NetworkPolicies"],
    ["Endpoints", "Endpoints"],
    ["ComponentStatus", "ComponentStatuses"],
    ["Gateway", "Gateways"],
    ["Mesh", "Meshes"],
  ];
  for (const [kind, plural] of rows) it(plural, () => assert.equal(pluralOf(kind), plural));
  it("counts", () =>
    assert.deepEqual([countOf(1, "Ingress"), countOf(2, "Ingress")], ["1 Ingress", "2 Ingresses"]));
});
