import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  describeOverwritten,
  overwrittenFields,
} from "../../../src/restore/field-managers/overwritten-fields.ts";

type Fields = Record<string, unknown>;

const object = (managers: [manager: string, fields: Fields][], rest: object) => ({
  ...rest,
  metadata: {
    ...(rest as { metadata?: object }).metadata,
    managedFields: managers.map(([manager, fieldsV1]) => ({ manager, operation: "Update", fieldsV1 })),
  },
});

const CASES: {
  title: string;
  managers: [string, Fields][];
  before: object;
  after: object;
  expected: Record<string, string[]>;
}[] = [
  {
    title: "a member",
    managers: [["hpa", { "f:spec": { "f:replicas": {} } }]],
    before: { spec: { replicas: 5 } },
    after: { spec: { replicas: 2 } },
    expected: { hpa: ["spec.replicas"] },
  },
  {
    title: "nothing that stays",
    managers: [["hpa", { "f:spec": { "f:replicas": {} } }]],
    before: { spec: { replicas: 5, paused: true } },
    after: { spec: { replicas: 5 } },
    expected: {},
  },
  {
    title: "nothing of ours, in two entries of one manager the others",
    managers: [
      ["kube-backup", { "f:data": { "f:a": {} } }],
      ["edit", { "f:data": { "f:b": {} } }],
      ["edit", { "f:data": { "f:c": {} } }],
    ],
    before: { data: { a: "1", b: "1", c: "1" } },
    after: { data: {} },
    expected: { edit: ["data.b", "data.c"] },
  },
  {
    title: "a key that was added, by its name with slashes",
    managers: [["edit", { "f:metadata": { "f:annotations": { ".": {}, "f:example.com/x": {} } } }]],
    before: { metadata: { annotations: { "example.com/x": "1", y: "2" } } },
    after: { metadata: { annotations: { y: "2" } } },
    expected: { edit: ['metadata.annotations["example.com/x"]'] },
  },
  {
    title: "a whole map that is gone, once",
    managers: [["edit", { "f:metadata": { "f:labels": { ".": {}, "f:a": {}, "f:b": {} } } }]],
    before: { metadata: { labels: { a: "1", b: "1" } } },
    after: { metadata: {} },
    expected: { edit: ["metadata.labels"] },
  },
  {
    title: "items by their keys, wherever they stand",
    managers: [
      ["edit", { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {} } } } }],
    ],
    before: {
      spec: {
        containers: [
          { name: "side", image: "s" },
          { name: "web", image: "2" },
        ],
      },
    },
    after: { spec: { containers: [{ name: "web", image: "1" }] } },
    expected: { edit: ["spec.containers[name=web].image"] },
  },
  {
    title: "items by two keys",
    managers: [
      ["edit", { "f:spec": { "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} } } } }],
    ],
    before: {
      spec: {
        ports: [
          { port: 80, protocol: "UDP" },
          { port: 80, protocol: "TCP" },
        ],
      },
    },
    after: { spec: { ports: [{ port: 80, protocol: "UDP" }] } },
    expected: { edit: ["spec.ports[port=80,protocol=TCP]"] },
  },
  {
    title: "values of a set without naming them, and items by their place",
    managers: [
      [
        "edit",
        { "f:metadata": { "f:finalizers": { 'v:"example.com/secret"': {} } }, "f:list": { "i:1": {} } },
      ],
    ],
    before: { metadata: { finalizers: ["a", "example.com/secret"] }, list: [1, 2] },
    after: { metadata: { finalizers: ["a"] }, list: [1, 3] },
    expected: { edit: ["list[1]", "metadata.finalizers[1]"] },
  },
  {
    title: "a map that is owned as one",
    managers: [["edit", { "f:spec": { "f:selector": {} } }]],
    before: { spec: { selector: { a: "1" } } },
    after: { spec: { selector: { a: "2" } } },
    expected: { edit: ["spec.selector"] },
  },
  {
    title: "no map of which others own all fields",
    managers: [
      ["first", { "f:data": {} }],
      ["edit", { "f:data": { "f:a": {} } }],
    ],
    before: { data: { a: "1" } },
    after: { data: { a: "2" } },
    expected: { edit: ["data.a"] },
  },
  {
    title: "no field of another version, and no record that is none",
    managers: [
      ["old", { "f:spec": { "f:former": {} } }],
      ["odd", { "k:no json": {}, "?": {} }],
    ],
    before: { spec: { now: 1 } },
    after: { spec: { now: 2 } },
    expected: {},
  },
];

describe("overwrittenFields", () => {
  for (const { title, managers, before, after, expected } of CASES) {
    it(`finds ${title}`, () => {
      const found = overwrittenFields(object(managers, before), after as Fields, "kube-backup");
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  }

  it("finds nothing where the server keeps no record", () => {
    assert.equal(overwrittenFields({ metadata: {} }, {}, "kube-backup").size, 0);
  });
});

describe("describeOverwritten", () => {
  it("names managers and a few of their fields", () => {
    assert.equal(describeOverwritten(new Map()), undefined);
    assert.equal(
      describeOverwritten(
        new Map([
          ["hpa-controller", ["spec.replicas"]],
          ["kubectl-edit", ["data.a", "data.b", "data.c", "data.d", "data.e"]],
        ]),
      ),
      "overwrote fields of hpa-controller (spec.replicas), kubectl-edit (data.a, data.b, data.c and 2 more)",
    );
  });
});
