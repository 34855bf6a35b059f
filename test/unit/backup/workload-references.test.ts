import assert from "node:assert/strict";
import { test } from "node:test";
import { referencesOf } from "../../../src/backup/workload-references.ts";

const POD = {
  serviceAccountName: "runner",
  imagePullSecrets: [{ name: "registry" }],
  priorityClassName: "high",
  runtimeClassName: "gvisor",
  initContainers: [{ name: "i", envFrom: [{ configMapRef: { name: "init" } }] }],
  containers: [
    {
      name: "c",
      env: [
        { name: "A", value: "a" },
        { name: "B", valueFrom: { secretKeyRef: { name: "login", key: "k" } } },
        { name: "C", valueFrom: { configMapKeyRef: { name: "maybe", key: "k", optional: true } } },
      ],
      envFrom: [{ secretRef: { name: "all" } }],
    },
  ],
  volumes: [
    { name: "a", configMap: { name: "files" } },
    { name: "b", secret: { secretName: "cert" } },
    { name: "c", persistentVolumeClaim: { claimName: "data" } },
    { name: "d", projected: { sources: [{ secret: { name: "part" } }, { configMap: { name: "piece" } }] } },
    { name: "e", secret: { secretName: "perhaps", optional: true } },
    { name: "f", ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "fast" } } } },
    { name: "g", emptyDir: {} },
  ],
};

const NAMES = [
  "serviceaccounts shop/runner",
  "secrets shop/registry",
  "priorityclasses.scheduling.k8s.io high",
  "runtimeclasses.node.k8s.io gvisor",
  "configmaps shop/files",
  "secrets shop/cert",
  "persistentvolumeclaims shop/data",
  "secrets shop/part",
  "configmaps shop/piece",
  "storageclasses.storage.k8s.io fast",
  "configmaps shop/init",
  "secrets shop/login",
  "secrets shop/all",
];

const metadata = { namespace: "shop", name: "web" };
const template = { spec: POD };

const VERSIONS: Record<string, string> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  CronJob: "batch/v1",
  Ingress: "networking.k8s.io/v1",
};

const CASES: [name: string, kind: string, object: Record<string, unknown>, expected: string[]][] = [
  ["a Pod", "Pod", { metadata, spec: POD }, NAMES],
  ["a Deployment", "Deployment", { metadata, spec: { template } }, NAMES],
  ["a CronJob", "CronJob", { metadata, spec: { jobTemplate: { spec: { template } } } }, NAMES],
  ["a PodTemplate", "PodTemplate", { metadata, template }, NAMES],
  [
    "a StatefulSet's claims",
    "StatefulSet",
    {
      metadata,
      spec: {
        replicas: 2,
        ordinals: { start: 1 },
        volumeClaimTemplates: [{ metadata: { name: "disk" }, spec: { storageClassName: "slow" } }],
      },
    },
    [
      "storageclasses.storage.k8s.io slow",
      "persistentvolumeclaims shop/disk-web-1",
      "persistentvolumeclaims shop/disk-web-2",
    ],
  ],
  [
    "a claim",
    "PersistentVolumeClaim",
    { metadata, spec: { storageClassName: "slow" } },
    ["storageclasses.storage.k8s.io slow"],
  ],
  [
    "an Ingress",
    "Ingress",
    { metadata, spec: { ingressClassName: "nginx", tls: [{ secretName: "tls" }, {}] } },
    ["ingressclasses.networking.k8s.io nginx", "secrets shop/tls"],
  ],
  [
    "the ServiceAccount that every namespace has",
    "Deployment",
    { metadata, spec: { template: { spec: { serviceAccountName: "default" } } } },
    [],
  ],
  ["a claim without class", "PersistentVolumeClaim", { metadata, spec: { storageClassName: "" } }, []],
  ["a ConfigMap", "ConfigMap", { metadata, data: { spec: "x" } }, []],
  ["something that is no workload at all", "Deployment", { metadata, spec: { template: [1] } }, []],
  [
    "another group's kind of that name",
    "Deployment",
    { apiVersion: "example.com/v1", metadata, spec: { template } },
    [],
  ],
];

for (const [name, kind, object, expected] of CASES) {
  test(`what ${name} names`, () => {
    const names = referencesOf(kind, { apiVersion: VERSIONS[kind] ?? "v1", ...object }).map(
      ({ resource, namespace, name }) =>
        `${resource} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    );
    assert.deepEqual(names, expected);
  });
}
