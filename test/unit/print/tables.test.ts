import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { columnsOf } from "../../../src/print/columns.ts";
import { formatRecord, parseRecord } from "../../../src/print/folder/folder-record.ts";
import { inKeyOrder } from "../../../src/print/key-order.ts";
import { ObjectTable } from "../../../src/print/object-table.ts";
import { formatTable } from "../../../src/terminal/table.ts";

const template = {
  spec: {
    containers: [
      { name: "a", image: "a:1" },
      { name: "b", image: "b:2" },
    ],
    nodeSelector: { disk: "ssd" },
  },
};
const selector = {
  matchLabels: { b: "2", a: "1" },
  matchExpressions: [
    { key: "t", operator: "In", values: ["x", "y"] },
    { key: "c", operator: "DoesNotExist" },
    { key: "e", operator: "Exists" },
    { key: "f", operator: "NotIn", values: ["z"] },
  ],
};
const SELECTOR = "a=1,b=2,t in (x,y),!c,e,f notin (z)";

const ROWS: [resource: string, object: JsonObject, cells: string[]][] = [
  ["deployments.apps", { spec: { replicas: 2, selector, template } }, ["2", "a,b", "a:1,b:2", SELECTOR]],
  ["deployments.apps", { spec: { replicas: 0 } }, ["0", "<none>", "<none>", "<none>"]],
  ["deployments.apps", {}, ["1", "<none>", "<none>", "<none>"]],
  ["replicasets.apps", { spec: { replicas: 3, template } }, ["3", "a,b", "a:1,b:2", "<none>"]],
  ["statefulsets.apps", { spec: { replicas: 3, template } }, ["3", "a,b", "a:1,b:2"]],
  [
    "daemonsets.apps",
    { spec: { template, selector: { matchLabels: { a: "1" } } } },
    ["disk=ssd", "a,b", "a:1,b:2", "a=1"],
  ],
  ["secrets", { type: "x/y", data: { a: "VE9Q", b: "" } }, ["x/y", "2"]],
  ["secrets", {}, ["Opaque", "0"]],
  ["configmaps", { data: { a: "1", b: "2" }, binaryData: { c: "AA==" } }, ["3"]],
  [
    "services",
    {
      spec: {
        type: "NodePort",
        ports: [
          { port: 80, nodePort: 30080 },
          { port: 53, protocol: "UDP" },
        ],
        selector: { app: "x" },
      },
    },
    ["NodePort", "<unset>", "<none>", "80:30080/TCP,53/UDP", "app=x"],
  ],
  [
    "services",
    { spec: { type: "ExternalName", externalName: "db.example.com" } },
    ["ExternalName", "<none>", "db.example.com", "<none>", "<none>"],
  ],
  [
    "services",
    { spec: { clusterIP: "None", externalIPs: ["192.0.2.1"] } },
    ["ClusterIP", "None", "192.0.2.1", "<none>", "<none>"],
  ],
  [
    "ingresses.networking.k8s.io",
    {
      spec: {
        ingressClassName: "nginx",
        rules: [{ host: "a" }, {}, { host: "c" }, { host: "d" }],
        tls: [{}],
      },
    },
    ["nginx", "a,*,c + 1 more...", "80, 443"],
  ],
  ["ingresses.networking.k8s.io", {}, ["<none>", "*", "80"]],
  ["widgets.example.com", { data: { a: "1" } }, []],
  ["constructor", {}, []],
];

describe("the columns of a kind", () => {
  for (const [resource, object, cells] of ROWS) {
    it(`${resource} ${JSON.stringify(object)}`, () => {
      const named = { ...object, metadata: { name: "n" } };
      assert.deepEqual(
        columnsOf(resource, { wide: true }).map(({ value }) => value(named)),
        ["n", ...cells],
      );
    });
  }
  it("are fewer where they are not to be wide", () => {
    assert.deepEqual(
      columnsOf("deployments.apps", { wide: false }).map(({ title }) => title),
      ["NAME", "REPLICAS"],
    );
  });
});

describe("a table that is too wide", () => {
  const table = (width: number) => {
    const resource = {
      ...{ group: "apps", version: "v1", resource: "daemonsets", kind: "DaemonSet", namespaced: true },
      singular: "daemonset",
    };
    const options = { wide: true, namespaces: false, kinds: false, titles: true, width };
    const objects = new ObjectTable(resource, options);
    for (const [name, image, label] of [
      ["a-name-that-is-long", "i".repeat(40), "s".repeat(30)],
      ["b", "short", "x"],
    ] as const) {
      const template = { spec: { containers: [{ name: "c", image }] } };
      objects.add({ metadata: { name }, spec: { template, selector: { matchLabels: { [label]: "" } } } });
    }
    return objects.format().join("\n");
  };
  it("has its widest cells shortened, and names whole", () => {
    const text = table(100);
    assert.ok(
      text.split("\n").every((line) => line.length <= 100),
      text,
    );
    assert.match(text, /a-name-that-is-long {3}.*i+… +s+…/);
    assert.match(text, /b .*short +x=$/);
  });
  it("stays as it is where it fits, and too wide where only names are left", () => {
    assert.match(table(200), /i{40} +s{30}=/);
    assert.match(table(10), /a-name-that-is-long/);
    assert.match(table(10), / i{11}… {3}s{11}…$/m);
  });
});

it("a cell shows no control characters", () => {
  assert.deepEqual(formatTable({ columns: [{ title: "A" }], rows: [["a\u001b[31m\nb\u009b\tc"]] }), [
    "A",
    "a\\u001b[31m\\nb\\u009b\\tc",
  ]);
});

it("keys are in an order of their own, each of them", () => {
  const object = JSON.parse(
    '{"spec":{"b":1,"a":[{"d":1,"c":2}]},"metadata":{"name":"x"},"__proto__":{"z":1,"y":2},"kind":"K","data":{},"apiVersion":"v1"}',
  );
  const text =
    '{"apiVersion":"v1","kind":"K","metadata":{"name":"x"},"__proto__":{"y":2,"z":1},"data":{},"spec":{"a":[{"c":2,"d":1}],"b":1}}';
  assert.equal(JSON.stringify(inKeyOrder(object)), text);
});

it("a folder's record is sorted, and names nothing that no export writes", () => {
  const text = formatRecord(["b/c/d.yaml", "a/c/d.yaml"]);
  assert.match(text, /^#.*\na\/c\/d\.yaml\nb\/c\/d\.yaml\n$/);
  assert.deepEqual(
    [...parseRecord(`${text}../x/y.yaml\n.git/a/b.yaml\na/c/e.ya`)],
    ["a/c/d.yaml", "b/c/d.yaml"],
  );
  assert.deepEqual([...parseRecord("")], []);
});
