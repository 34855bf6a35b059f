import assert from "node:assert/strict";
import { test } from "node:test";
import { usedByPod } from "../../../src/program/used-by-pod.ts";

test("everything by which a Pod takes Secrets and ConfigMaps counts, what is optional too", () => {
  const spec = {
    serviceAccountName: "kube-backup",
    imagePullSecrets: [{ name: "registry" }],
    initContainers: [{ name: "first", envFrom: [{ configMapRef: { name: "early" } }] }],
    containers: [
      {
        name: "kube-backup",
        env: [
          { name: "PLAIN", value: "x" },
          { name: "A", valueFrom: { secretKeyRef: { name: "key", key: "a" } } },
          { name: "B", valueFrom: { configMapKeyRef: { name: "value", key: "b" } } },
        ],
        envFrom: [{ secretRef: { name: "settings" } }, { secretRef: { name: "keys", optional: true } }],
      },
    ],
    volumes: [
      { name: "s", secret: { secretName: "files" } },
      { name: "c", configMap: { name: "ca" } },
      { name: "p", projected: { sources: [{ secret: { name: "part" } }, { configMap: { name: "piece" } }] } },
      { name: "e", emptyDir: {} },
    ],
  };
  assert.deepEqual(usedByPod(spec).sort(), [
    "ConfigMap/ca",
    "ConfigMap/early",
    "ConfigMap/piece",
    "ConfigMap/value",
    "Secret/files",
    "Secret/key",
    "Secret/keys",
    "Secret/part",
    "Secret/registry",
    "Secret/settings",
    "ServiceAccount/kube-backup",
  ]);
  assert.deepEqual(usedByPod({ serviceAccountName: "default", containers: [] }), []);
});
