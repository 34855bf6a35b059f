import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { DEFAULT_RESOURCES } from "../../../src/objects/default-resources.ts";
import { namesInOrder, stagesOf } from "../../../src/restore/rounds/order.ts";

test("the eight kinds come back needs first, workloads last", () => {
  assert.deepEqual(stagesOf(DEFAULT_RESOURCES), [
    ["configmaps", "secrets", "services"],
    ["replicasets.apps"],
    ["daemonsets.apps", "statefulsets.apps", "deployments.apps"],
    ["ingresses.networking.k8s.io"],
  ]);
});

test("archives are written in the order in which they are restored", () => {
  assert.deepEqual(stagesOf(DEFAULT_RESOURCES).flat(), DEFAULT_RESOURCES);
});

test("resources are in the order of the stages, Namespaces first", () => {
  const names = [
    "deployments.apps",
    "secrets",
    "services.example.com",
    "namespaces",
    "services",
    "replicasets.apps",
  ];
  assert.deepEqual(namesInOrder(names), [
    "namespaces",
    "secrets",
    "services",
    "replicasets.apps",
    "deployments.apps",
    "services.example.com",
  ]);
});

const RBAC = "rbac.authorization.k8s.io";
const ADMISSION = "admissionregistration.k8s.io";

/** Each name is in a stage before the next one. */
const ORDERS: [why: string, ...names: string[]][] = [
  ["ReplicaSets are adopted", "replicasets.apps", "deployments.apps"],
  ["revisions are adopted", "controllerrevisions.apps", "statefulsets.apps"],
  [
    "claims are bound by class",
    "storageclasses.storage.k8s.io",
    "persistentvolumes",
    "persistentvolumeclaims",
  ],
  ["pods wait for claims", "persistentvolumeclaims", "pods"],
  ["pods need their account and its rights", "serviceaccounts", `rolebindings.${RBAC}`, "deployments.apps"],
  ["a binding names its role", `clusterroles.${RBAC}`, `clusterrolebindings.${RBAC}`],
  ["policies are there before what they guard", "networkpolicies.networking.k8s.io", "daemonsets.apps"],
  ["routes lead somewhere", "deployments.apps", "ingresses.networking.k8s.io"],
  ["autoscalers find what they scale", "statefulsets.apps", "horizontalpodautoscalers.autoscaling"],
  ["a claim may be older than a limit", "persistentvolumeclaims", "pods", "limitranges"],
  [
    "what was there counts first, and holds down what controllers make",
    "pods",
    "resourcequotas",
    "replicasets.apps",
    "deployments.apps",
  ],
  [
    "a definition comes first, what it defines after workloads, what can refuse last",
    "customresourcedefinitions.apiextensions.k8s.io",
    "serviceaccounts",
    "deployments.apps",
    "certificates.cert-manager.io",
    `validatingwebhookconfigurations.${ADMISSION}`,
  ],
  [
    "a group of the project's may be custom",
    "ingresses.networking.k8s.io",
    "httproutes.gateway.networking.k8s.io",
  ],
];

describe("the order of a restore", () => {
  for (const [why, ...names] of ORDERS) {
    it(`${names.join(", ")}: ${why}`, () => {
      assert.deepEqual(
        stagesOf(names.toReversed()),
        names.map((name) => [name]),
      );
    });
  }

  it("loses nothing and doubles nothing", () => {
    const names = [...new Set(ORDERS.flatMap(([, ...names]) => names)), "unknown.example.com", "constructor"];
    assert.deepEqual(stagesOf(names).flat().sort(), names.sort());
    assert.deepEqual(stagesOf([]), []);
  });
});
