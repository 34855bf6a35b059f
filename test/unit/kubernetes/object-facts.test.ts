import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupOf, isOf } from "../../../src/kubernetes/object-facts.ts";

const CASES: [apiVersion: unknown, group: string][] = [
  ["v1", ""],
  ["apps/v1", "apps"],
  [undefined, ""],
  [1, ""],
];

describe("groupOf", () => {
  for (const [apiVersion, group] of CASES)
    it(`is "${group}" for ${apiVersion}`, () => assert.equal(groupOf({ apiVersion }), group));
});

describe("isOf", () => {
  it("takes the group and the kind", () => {
    const service = { kind: "Service", object: { apiVersion: "v1" } };
    assert.equal(isOf(service, "", "Service"), true);
    assert.equal(isOf(service, "", "Pod"), false);
    assert.equal(isOf(service, "serving.knative.dev", "Service"), false);
  });
});
