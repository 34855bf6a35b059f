import assert from "node:assert/strict";
import { test } from "node:test";
import { FLAG_NAMESPACE } from "../../../src/objects/objects-left-out.ts";
import { portable } from "../../../src/objects/portable.ts";

interface Left {
  name: string;
  kind: string;
  object: Record<string, unknown>;
}

const DELETED = "2026-01-01T00:00:00Z";

const LEFT_OUT: Left[] = [
  { name: "kube-system", kind: "Namespace", object: { metadata: { name: "kube-system" } } },
  {
    name: "an object in kube-system",
    kind: "Secret",
    object: { metadata: { namespace: "kube-system", name: "a" } },
  },
  { name: "the flag", kind: "Namespace", object: { metadata: { name: FLAG_NAMESPACE } } },
  {
    name: "an object in the flag",
    kind: "ConfigMap",
    object: { metadata: { namespace: FLAG_NAMESPACE, name: "a" } },
  },
  {
    name: "a namespace being deleted",
    kind: "Namespace",
    object: { metadata: { name: "a", deletionTimestamp: DELETED } },
  },
  {
    name: "an object being deleted",
    kind: "Secret",
    object: { metadata: { namespace: "a", name: "a", deletionTimestamp: DELETED } },
  },
  {
    name: "the Service default/kubernetes",
    kind: "Service",
    object: { metadata: { namespace: "default", name: "kubernetes" } },
  },
  {
    name: "kube-root-ca.crt",
    kind: "ConfigMap",
    object: { metadata: { namespace: "a", name: "kube-root-ca.crt" } },
  },
  {
    name: "a ServiceAccount's token",
    kind: "Secret",
    object: { metadata: { namespace: "a", name: "t" }, type: "kubernetes.io/service-account-token" },
  },
];

for (const { name, kind, object } of LEFT_OUT) {
  test(`${name} is left out`, () => assert.equal(portable({ kind }, object), undefined));
}

const KEPT: Left[] = [
  {
    name: "another Service named kubernetes",
    kind: "Service",
    object: { metadata: { namespace: "a", name: "kubernetes" } },
  },
  {
    name: "another Service in default",
    kind: "Service",
    object: { metadata: { namespace: "default", name: "web" } },
  },
  {
    name: "a Secret named kube-root-ca.crt",
    kind: "Secret",
    object: { metadata: { namespace: "a", name: "kube-root-ca.crt" } },
  },
  {
    name: "a Secret of another type",
    kind: "Secret",
    object: { metadata: { namespace: "a", name: "t" }, type: "kubernetes.io/tls" },
  },
  {
    name: "an object named kube-system",
    kind: "ConfigMap",
    object: { metadata: { namespace: "a", name: "kube-system" } },
  },
];

for (const { name, kind, object } of KEPT) {
  test(`${name} is kept`, () => assert.notEqual(portable({ kind }, object), undefined));
}

test("objects of namespaces that are not in the backup are left out", () => {
  const object = () => ({ metadata: { namespace: "b", name: "a" } });
  assert.equal(portable({ kind: "Secret" }, object(), new Set(["a"])), undefined);
  assert.notEqual(portable({ kind: "Secret" }, object(), new Set(["b"])), undefined);
});

interface Fields {
  name: string;
  kind: string;
  before: object;
  after: object;
}

const FIELDS: Fields[] = [
  {
    name: "what belongs to this cluster alone goes, the rest stays",
    kind: "ConfigMap",
    before: {
      metadata: {
        name: "a",
        generateName: "a-",
        uid: "1",
        resourceVersion: "2",
        generation: 3,
        creationTimestamp: DELETED,
        selfLink: "/x",
        managedFields: [{}],
        labels: { uid: "kept" },
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
        finalizers: ["example.com/kept"],
      },
      data: { uid: "kept", status: "kept" },
      status: { gone: true },
    },
    after: {
      metadata: {
        name: "a",
        generateName: "a-",
        labels: { uid: "kept" },
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
        finalizers: ["example.com/kept"],
      },
      data: { uid: "kept", status: "kept" },
    },
  },
  {
    name: "a Namespace loses the finalizer that every server gives it",
    kind: "Namespace",
    before: { metadata: { name: "a" }, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } },
    after: { metadata: { name: "a" } },
  },
  {
    name: "a Namespace keeps finalizers of its own",
    kind: "Namespace",
    before: { metadata: { name: "a" }, spec: { finalizers: ["kubernetes", "example.com/own"] } },
    after: { metadata: { name: "a" }, spec: { finalizers: ["kubernetes", "example.com/own"] } },
  },
  {
    name: "a Service loses its addresses and its health check port, and keeps its node ports",
    kind: "Service",
    before: {
      metadata: { name: "a" },
      spec: {
        clusterIP: "10.0.0.1",
        clusterIPs: ["10.0.0.1"],
        healthCheckNodePort: 31000,
        ports: [{ port: 80, nodePort: 30080 }],
      },
    },
    after: { metadata: { name: "a" }, spec: { ports: [{ port: 80, nodePort: 30080 }] } },
  },
  {
    name: "a headless Service stays headless",
    kind: "Service",
    before: { metadata: { name: "a" }, spec: { clusterIP: "None", clusterIPs: ["None"] } },
    after: { metadata: { name: "a" }, spec: { clusterIP: "None", clusterIPs: ["None"] } },
  },
  {
    name: "fields of a Service are another kind's own business",
    kind: "Widget",
    before: { metadata: { name: "a" }, spec: { clusterIP: "10.0.0.1", finalizers: ["kubernetes"] } },
    after: { metadata: { name: "a" }, spec: { clusterIP: "10.0.0.1", finalizers: ["kubernetes"] } },
  },
];

for (const { name, kind, before, after } of FIELDS) {
  test(name, () => assert.deepEqual(JSON.parse(portable({ kind }, { ...before })?.text ?? "null"), after));
}

test("owners are kept by kind and name, without uid", () => {
  const reference = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    name: "web",
    uid: "1",
    controller: true,
    blockOwnerDeletion: true,
  };
  const object = portable(
    { kind: "ReplicaSet" },
    {
      metadata: { namespace: "a", name: "web-1", ownerReferences: [reference] },
    },
  );
  assert.deepEqual(object?.owners, [
    { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true, blockOwnerDeletion: true },
  ]);
  assert.ok(!object?.text.includes("uid"));
  assert.ok(!object?.text.includes("ownerReferences"));
});
