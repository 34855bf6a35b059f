import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJson } from "../../../src/kubernetes/json.ts";
import { classifyStatus } from "../../../src/objects/custom-status.ts";
import { portable } from "../../../src/objects/portable.ts";

type Sort = ReturnType<typeof classifyStatus>;

const SORTS: [apiVersion: unknown, statusVersions: readonly string[] | undefined, sort: Sort][] = [
  ["v1", ["v1"], "derived"],
  ["v1", [], "derived"],
  ["apps/v1", ["v1"], "derived"],
  ["networking.k8s.io/v1", [], "derived"],
  ["gateway.networking.k8s.io/v1", ["v1"], "subresource"],
  ["example.com/v1", ["v1", "v2"], "subresource"],
  ["example.com/v1", ["v2"], "field"],
  ["example.com/v1", [], "field"],
  ["example.com/v1", undefined, "derived"],
  [undefined, ["v1"], "derived"],
];

describe("what status is", () => {
  for (const [apiVersion, statusVersions, sort] of SORTS) {
    it(`of ${apiVersion}, a subresource in ${statusVersions ?? "nobody knows which"}: ${sort}`, () =>
      assert.equal(classifyStatus(apiVersion, statusVersions), sort));
  }
});

describe("a custom resource's status", () => {
  const controller = { manager: "controller", operation: "Update", fieldsV1: { "f:status": {} } };
  const text = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a","managedFields":[
    {"manager":"kubectl","operation":"Update"},
    ${JSON.stringify({ ...controller, subresource: "status" })}]},"status":{"count":9007199254740993}}`;
  const taken = (statusVersions: string[], object = text) =>
    portable({ kind: "Widget", statusVersions }, parseJson(object) as Record<string, unknown>);

  it("stands beside the object's text, with its managers and its numbers as they were", () => {
    const object = taken(["v1"]);
    assert.ok(!object?.text.includes("count"));
    assert.equal(JSON.stringify(object?.status?.value), '{"count":9007199254740993}');
    assert.deepEqual(object?.status?.managers, [controller]);
    assert.deepEqual(object?.managers, [{ manager: "kubectl", operation: "Update" }]);
  });

  it("stays in the text where it is a field like any other", () => {
    const object = taken([]);
    assert.match(object?.text ?? "", /"status":\{"count":9007199254740993\}/);
    assert.equal(object?.status, undefined);
  });

  it("is none where the object has none", () => {
    const none = '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"}}';
    assert.equal(taken(["v1"], none)?.status, undefined);
  });
});
