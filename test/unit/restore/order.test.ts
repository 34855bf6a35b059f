import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_RESOURCES } from "../../../src/objects/kinds.ts";
import { stagesOf } from "../../../src/restore/order.ts";

test("the eight kinds come back needs first, workloads last", () => {
  assert.deepEqual(stagesOf(DEFAULT_RESOURCES), [
    ["configmaps", "secrets"],
    ["services"],
    ["ingresses.networking.k8s.io"],
    ["replicasets.apps"],
    ["daemonsets.apps", "statefulsets.apps", "deployments.apps"],
  ]);
});

test("ReplicaSets come before Deployments, in whatever order they are given", () => {
  assert.deepEqual(stagesOf(["deployments.apps", "replicasets.apps"]), [
    ["replicasets.apps"],
    ["deployments.apps"],
  ]);
});

test("what is in no stage comes before workloads, and nothing is lost", () => {
  const stages = stagesOf(["deployments.apps", "widgets.example.com", "secrets"]);
  assert.deepEqual(stages, [["secrets"], ["widgets.example.com"], ["deployments.apps"]]);
  assert.deepEqual(stagesOf([]), []);
});

test("archives are written in the order in which they are restored", () => {
  assert.deepEqual(stagesOf(DEFAULT_RESOURCES).flat(), DEFAULT_RESOURCES);
});
