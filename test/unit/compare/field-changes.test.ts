import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { FieldDifference } from "../../../src/compare/document.ts";
import { changesOf } from "../../../src/compare/field-changes.ts";
import { jsonEqual, parseJson } from "../../../src/kubernetes/json.ts";

/** A Pod template's containers in a Deployment. */
const deployment = (container: object) => ({ spec: { template: { spec: { containers: [container] } } } });
/** A number as it was written. */
const rawNumber = (text: string) => (parseJson(`[${text}]`) as unknown[])[0];
const MAIN = "spec.template.spec.containers[name=main]";

const CASES: [string, unknown, unknown, FieldDifference[]][] = [
  ["equal objects", { a: { b: [1] } }, { a: { b: [1] } }, []],
  ["keys in another order", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, []],
  [
    "a scalar",
    { spec: { replicas: 2 } },
    { spec: { replicas: 3 } },
    [{ path: "spec.replicas", left: 2, right: 3 }],
  ],
  ["a number and its text", { a: 1 }, { a: "1" }, [{ path: "a", left: 1, right: "1" }]],
  [
    "false, zero and an empty text",
    { a: false, b: 0 },
    { b: "" },
    [
      { path: "a", left: false },
      { path: "b", left: 0, right: "" },
    ],
  ],
  ["a field that came", { a: 1 }, { a: 1, b: null }, [{ path: "b", right: null }]],
  [
    "a subtree that went, as a whole",
    { spec: { affinity: { a: { b: 1 } } } },
    { spec: {} },
    [{ path: "spec.affinity", left: { a: { b: 1 } } }],
  ],
  ["another type", { a: { b: 1 } }, { a: [1] }, [{ path: "a", left: { b: 1 }, right: [1] }]],
  [
    "keys with dots and slashes",
    { metadata: { annotations: { "a.b/c": "1" } } },
    { metadata: { annotations: { "a.b/c": "2" } } },
    [{ path: 'metadata.annotations["a.b/c"]', left: "1", right: "2" }],
  ],
  [
    "keys with quotes, and digits first",
    { data: { 'a"b': "1", "0": "x" } },
    { data: { 'a"b': "2" } },
    [
      { path: 'data["0"]', left: "x" },
      { path: 'data["a\\"b"]', left: "1", right: "2" },
    ],
  ],
  [
    "keys that mean something to JavaScript",
    parseJson('{"data":{"__proto__":"1","constructor":"a"}}'),
    parseJson('{"data":{"__proto__":"2"}}'),
    [
      { path: "data.__proto__", left: "1", right: "2" },
      { path: "data.constructor", left: "a" },
    ],
  ],
  [
    "the first label, where there were none",
    { metadata: {} },
    { metadata: { labels: { team: "blue" } } },
    [{ path: "metadata.labels.team", right: "blue" }],
  ],
  [
    "the last label",
    { metadata: { labels: { "a/b": "1" } } },
    { metadata: {} },
    [{ path: 'metadata.labels["a/b"]', left: "1" }],
  ],
  ["a map that is empty on one side", { data: {} }, {}, [{ path: "data", left: {} }]],
  [
    "a Pod template's empty time of older servers",
    { spec: { template: { metadata: { creationTimestamp: null } } } },
    { spec: { template: { metadata: {} } } },
    [],
  ],
  [
    "numbers that JavaScript cannot hold",
    parseJson('{"a":[9007199254740993,1.0]}'),
    parseJson('{"a":[9007199254740992,1]}'),
    [
      { path: "a[0]", left: rawNumber("9007199254740993"), right: 9007199254740992 },
      { path: "a[1]", left: rawNumber("1.0"), right: 1 },
    ],
  ],
  [
    "an image",
    deployment({ name: "main", image: "web:1" }),
    deployment({ name: "main", image: "web:2" }),
    [{ path: `${MAIN}.image`, left: "web:1", right: "web:2" }],
  ],
  [
    "a variable that was put in between",
    deployment({ name: "main", env: [{ name: "A", value: "1" }, { name: "C" }] }),
    deployment({ name: "main", env: [{ name: "A", value: "1" }, { name: "B", value: "2" }, { name: "C" }] }),
    [{ path: `${MAIN}.env[name=B]`, right: { name: "B", value: "2" } }],
  ],
  [
    "variables in another order",
    { env: [{ name: "A" }, { name: "B" }] },
    { env: [{ name: "B" }, { name: "A" }] },
    [{ path: "env", left: ["A", "B"], right: ["B", "A"], order: true }],
  ],
  [
    "another order and another value",
    { env: [{ name: "A", value: "1" }, { name: "B" }] },
    { env: [{ name: "B" }, { name: "A", value: "2" }] },
    [
      { path: "env[name=A].value", left: "1", right: "2" },
      { path: "env", left: ["A", "B"], right: ["B", "A"], order: true },
    ],
  ],
  [
    "an item that went from the front is no other order",
    { env: [{ name: "A" }, { name: "B" }, { name: "C" }] },
    { env: [{ name: "B" }, { name: "C" }] },
    [{ path: "env[name=A]", left: { name: "A" } }],
  ],
  [
    "ports of one number, told apart by protocol",
    {
      ports: [
        { port: 53, protocol: "UDP", name: "a" },
        { port: 53, protocol: "TCP", name: "b" },
      ],
    },
    {
      ports: [
        { port: 53, protocol: "UDP", name: "a" },
        { port: 53, protocol: "TCP", name: "c" },
      ],
    },
    [{ path: "ports[port=53,protocol=TCP].name", left: "b", right: "c" }],
  ],
  [
    "container ports",
    { ports: [{ containerPort: 80, protocol: "TCP" }] },
    { ports: [{ containerPort: 80, protocol: "TCP", hostPort: 80 }] },
    [{ path: "ports[containerPort=80,protocol=TCP].hostPort", right: 80 }],
  ],
  [
    "mounts",
    {
      volumeMounts: [
        { name: "a", mountPath: "/a" },
        { name: "a", mountPath: "/b" },
      ],
    },
    {
      volumeMounts: [
        { name: "a", mountPath: "/a" },
        { name: "a", mountPath: "/b", readOnly: true },
      ],
    },
    [{ path: "volumeMounts[mountPath=/b].readOnly", right: true }],
  ],
  [
    "tolerations, some without a key",
    { tolerations: [{ operator: "Exists", effect: "NoSchedule" }] },
    {
      tolerations: [
        { operator: "Exists", effect: "NoSchedule" },
        { key: "a", operator: "Exists" },
      ],
    },
    [{ path: "tolerations[key=a,operator=Exists]", right: { key: "a", operator: "Exists" } }],
  ],
  [
    "rules of an Ingress",
    { rules: [{ host: "a.example", http: { paths: [{ path: "/", pathType: "Prefix", x: 1 }] } }] },
    { rules: [{ host: "a.example", http: { paths: [{ path: "/", pathType: "Prefix", x: 2 }] } }] },
    [{ path: "rules[host=a.example].http.paths[path=/,pathType=Prefix].x", left: 1, right: 2 }],
  ],
  [
    "volume claim templates",
    { volumeClaimTemplates: [{ metadata: { name: "a" }, spec: { x: 1 } }] },
    { volumeClaimTemplates: [{ metadata: { name: "a" }, spec: { x: 2 } }] },
    [{ path: "volumeClaimTemplates[metadata.name=a].spec.x", left: 1, right: 2 }],
  ],
  [
    "a list of a custom resource, by name",
    { pools: [{ name: "a b", size: 1 }] },
    { pools: [{ name: "a b", size: 2 }] },
    [{ path: 'pools[name="a b"].size', left: 1, right: 2 }],
  ],
  [
    "two items of one name are compared by their place",
    {
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "2" },
      ],
    },
    {
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "3" },
      ],
    },
    [{ path: "env[1].value", left: "2", right: "3" }],
  ],
  [
    "an argument that was put in between",
    { args: ["a", "c"] },
    { args: ["a", "b", "c"] },
    [{ path: "args[1]", right: "b" }],
  ],
  [
    "an argument that went",
    { args: ["a", "b", "c"] },
    { args: ["a", "c"] },
    [{ path: "args[1]", left: "b" }],
  ],
  [
    "an argument that changed",
    { args: ["a", "b", "c"] },
    { args: ["a", "x", "c"] },
    [{ path: "args[1]", left: "b", right: "x" }],
  ],
  [
    "arguments in another order",
    { args: ["a", "b"] },
    { args: ["b", "a"] },
    [{ path: "args", left: ["a", "b"], right: ["b", "a"], order: true }],
  ],
  [
    "the same argument twice is no other order",
    { args: ["a", "a", "b"] },
    { args: ["a", "b", "b"] },
    [
      { path: "args[1]", left: "a" },
      { path: "args[2]", right: "b" },
    ],
  ],
  [
    "a finalizer",
    { metadata: { finalizers: ["x"] } },
    { metadata: { finalizers: ["x", "a.example/y"] } },
    [{ path: "metadata.finalizers[1]", right: "a.example/y" }],
  ],
  [
    "sources without names, by place",
    { envFrom: [{ secretRef: { name: "a" } }] },
    { envFrom: [{ configMapRef: { name: "b" } }, { secretRef: { name: "a" } }] },
    [{ path: "envFrom[0]", right: { configMapRef: { name: "b" } } }],
  ],
  [
    "a list in a list",
    { matrix: [[1, 2], [3]] },
    { matrix: [[1, 2], [4]] },
    [{ path: "matrix[1][0]", left: 3, right: 4 }],
  ],
];

describe("the fields in which two objects differ", () => {
  for (const [what, left, right, expected] of CASES) {
    it(what, () => assert.deepEqual(changesOf(left, right), expected));
  }

  it("are the same ones, swapped, the other way round", () => {
    for (const [what, left, right, expected] of CASES) {
      assert.equal(changesOf(right, left).length, expected.length, what);
    }
  });
});

/** Values that look like parts of objects: few keys, so that lists have items of one name and of several. */
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("", "a", "b", 0, 1, true, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.record({ name: fc.constantFrom("a", "b", "c"), value: tie("value") }), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("data", "env", "labels", "name", "ports", "tolerations", "__proto__"),
      tie("value"),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

it("there are none exactly where two values are equal", () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      assert.equal(changesOf({ left }, { left: right }).length === 0, jsonEqual(left, right));
    }),
    { numRuns: 2_000 },
  );
});

it("lists of thousands of items that all differ take no minutes", () => {
  const list = (from: number) => Array.from({ length: 20_000 }, (_, index) => `item ${from + index}`);
  const begun = performance.now();
  assert.equal(changesOf({ a: list(0) }, { a: list(50_000) }).length, 20_000);
  assert.ok(performance.now() - begun < 10_000);
});
