import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { FieldDifference } from "../../../src/compare/document.ts";
import { objectChangesOf, shownObject } from "../../../src/compare/object-changes.ts";
import { type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";

const SECRETS = { group: "", resource: "secrets", kind: "Secret" };
const DEPLOYMENTS = { group: "apps", resource: "deployments", kind: "Deployment" };

const secret = (more: object): JsonObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "a", namespace: "shop" },
  type: "Opaque",
  ...more,
});

describe("of a Secret is told", () => {
  for (const [what, left, right, expected] of [
    [
      "that a value changed",
      { data: { a: "MQ==" } },
      { data: { a: "Mg==" } },
      [{ path: "data.a", left: "***", right: "***", masked: true }],
    ],
    [
      "which keys came and went",
      { data: { "tls.key": "MQ==" } },
      { data: { b: "Mg==" } },
      [
        { path: 'data["tls.key"]', left: "***", masked: true },
        { path: "data.b", right: "***", masked: true },
      ],
    ],
    [
      "each key, where there was no data",
      {},
      { data: { a: "MQ==", b: "MQ==" } },
      [
        { path: "data.a", right: "***", masked: true },
        { path: "data.b", right: "***", masked: true },
      ],
    ],
    [
      "that an annotation changed",
      { metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } } },
      { metadata: { annotations: {} } },
      [
        {
          path: 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
          left: "***",
          masked: true,
        },
      ],
    ],
    [
      "type, labels and immutable, with their values",
      { immutable: true, metadata: { labels: { a: "1" } } },
      { type: "example.com/a", metadata: { labels: { a: "2" } } },
      [
        { path: "metadata.labels.a", left: "1", right: "2" },
        { path: "type", left: "Opaque", right: "example.com/a" },
        { path: "immutable", left: true },
      ],
    ],
    [
      "that a field nobody knows changed",
      { future: "plain" },
      { future: "other" },
      [{ path: "future", left: "***", right: "***", masked: true }],
    ],
    [
      "a key called __proto__",
      { data: parseJson('{"__proto__":"MQ=="}') },
      { data: parseJson('{"__proto__":"Mg=="}') },
      [{ path: "data.__proto__", left: "***", right: "***", masked: true }],
    ],
    ["nothing, where nothing changed", { data: { a: "MQ==" } }, { data: { a: "MQ==" } }, []],
  ] as [string, object, object, FieldDifference[]][]) {
    it(what, () => assert.deepEqual(objectChangesOf(SECRETS, secret(left), secret(right)), expected));
  }
});

it("a Secret that came or went keeps its keys and loses its values", () => {
  const shown = shownObject(
    SECRETS,
    secret({
      metadata: { name: "a", labels: { team: "blue" }, annotations: { "a.b/c": "TOP-SECRET" } },
      data: parseJson('{"password":"TOP-SECRET","__proto__":"TOP-SECRET"}'),
      stringData: { more: "TOP-SECRET" },
      future: ["TOP-SECRET"],
    }),
  );
  assert.equal(
    JSON.stringify(shown),
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","labels":{"team":"blue"},"annotations":{"a.b/c":"***"}},"type":"Opaque","data":{"password":"***","__proto__":"***"},"stringData":{"more":"***"},"future":"***"}',
  );
});

it("two Secrets whose values differ cannot be told from two others by what is said of them", () => {
  const text = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(text, text, text, text, (a, b, c, d) => {
      fc.pre(a !== b && c !== d);
      const of = (left: string, right: string) =>
        JSON.stringify([
          objectChangesOf(SECRETS, secret({ data: { k: left } }), secret({ data: { k: right } })),
          shownObject(SECRETS, secret({ data: { k: left } })),
        ]);
      assert.equal(of(a, b), of(c, d));
    }),
  );
});

describe("what the cluster counts by itself follows from the change of a template", () => {
  const object = (image: string, revision: string): JsonObject => ({
    metadata: { annotations: { "deployment.kubernetes.io/revision": revision } },
    spec: { template: { spec: { containers: [{ name: "a", image }] } } },
  });
  it("with a change it comes last and follows", () => {
    const changes = objectChangesOf(DEPLOYMENTS, object("a:1", "1"), object("a:2", "2"));
    assert.deepEqual(
      changes.map(({ path, follows }) => [path, follows]),
      [
        ["spec.template.spec.containers[name=a].image", undefined],
        ['metadata.annotations["deployment.kubernetes.io/revision"]', true],
      ],
    );
  });
  it("alone it is a change like any other", () => {
    const changes = objectChangesOf(DEPLOYMENTS, object("a:1", "1"), object("a:1", "3"));
    assert.deepEqual(changes, [
      { path: 'metadata.annotations["deployment.kubernetes.io/revision"]', left: "1", right: "3" },
    ]);
  });
});

it("the resource decides what is a Secret, whatever kind a manifest gives", () => {
  const called = { group: "", resource: "secrets", kind: "Foo" };
  const left = { kind: "Foo", data: { k: "bGVmdA==" } };
  const right = { kind: "Secret", data: { k: "cmlnaHQ=" } };
  assert.doesNotMatch(JSON.stringify(objectChangesOf(called, left, right)), /bGVmdA==|cmlnaHQ=/);
  assert.doesNotMatch(JSON.stringify(shownObject(called, left)), /bGVmdA==/);
  const renamed = { group: "", resource: "foos", kind: "Foo" };
  assert.doesNotMatch(JSON.stringify(objectChangesOf(renamed, left, right)), /bGVmdA==|cmlnaHQ=/);
  assert.doesNotMatch(JSON.stringify(objectChangesOf(renamed, right, left)), /bGVmdA==|cmlnaHQ=/);
});
