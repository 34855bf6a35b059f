import assert from "node:assert/strict";
import { test } from "node:test";
import { referencesOf } from "../../../src/references/workload-references.ts";

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
    { name: "h", csi: { driver: "d", nodePublishSecretRef: { name: "mount" } } },
    { name: "i", azureFile: { secretName: "share" } },
  ],
  resourceClaims: [
    { name: "gpu", resourceClaimTemplateName: "gpus" },
    { name: "b", resourceClaimName: "one" },
  ],
};

const NAMES = [
  "serviceaccounts shop/runner",
  "secrets shop/registry",
  "priorityclasses.scheduling.k8s.io high",
  "runtimeclasses.node.k8s.io gvisor",
  "resourceclaimtemplates.resource.k8s.io shop/gpus",
  "resourceclaims.resource.k8s.io shop/one",
  "configmaps shop/files",
  "secrets shop/cert",
  "persistentvolumeclaims shop/data",
  "secrets shop/part",
  "configmaps shop/piece",
  "storageclasses.storage.k8s.io fast",
  "secrets shop/mount",
  "secrets shop/share",
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
  IngressClass: "networking.k8s.io/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  ValidatingAdmissionPolicyBinding: "admissionregistration.k8s.io/v1",
  APIService: "apiregistration.k8s.io/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
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
    "a claim that is filled from a snapshot",
    "PersistentVolumeClaim",
    {
      metadata,
      spec: {
        volumeName: "disk-1",
        dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "monday" },
      },
    },
    ["persistentvolumes disk-1", "VolumeSnapshot.snapshot.storage.k8s.io shop/monday"],
  ],
  [
    "a claim that is filled from another namespace",
    "PersistentVolumeClaim",
    {
      metadata,
      spec: { dataSourceRef: { kind: "PersistentVolumeClaim", name: "gold", namespace: "images" } },
    },
    ["PersistentVolumeClaim. images/gold"],
  ],
  [
    "an Ingress",
    "Ingress",
    {
      metadata,
      spec: {
        ingressClassName: "nginx",
        tls: [{ secretName: "tls" }, {}],
        defaultBackend: { resource: { apiGroup: "example.com", kind: "Bucket", name: "files" } },
        rules: [{ http: { paths: [{ backend: { service: { name: "api" } } }] } }, {}],
      },
    },
    [
      "ingressclasses.networking.k8s.io nginx",
      "secrets shop/tls",
      "Bucket.example.com shop/files",
      "services shop/api",
    ],
  ],
  [
    "an IngressClass",
    "IngressClass",
    { metadata: { name: "a" }, spec: { parameters: { apiGroup: "example.com", kind: "Params", name: "p" } } },
    ["Params.example.com p"],
  ],
  [
    "a Service without selector",
    "Service",
    { metadata, spec: {} },
    ["endpoints shop/web", "endpointslices.discovery.k8s.io shop/web"],
  ],
  ["a Service with a selector", "Service", { metadata, spec: { selector: { app: "web" } } }, []],
  ["a Service elsewhere", "Service", { metadata, spec: { type: "ExternalName" } }, []],
  [
    "a ServiceAccount",
    "ServiceAccount",
    { metadata, imagePullSecrets: [{ name: "registry" }] },
    ["secrets shop/registry"],
  ],
  [
    "an autoscaler",
    "HorizontalPodAutoscaler",
    {
      metadata,
      spec: { scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" } },
    },
    ["Rollout.argoproj.io shop/web"],
  ],
  [
    "a binding",
    "RoleBinding",
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [
        { kind: "ServiceAccount", name: "web" },
        { kind: "ServiceAccount", name: "default" },
        { kind: "User", name: "me" },
      ],
    },
    ["Role.rbac.authorization.k8s.io shop/reader", "serviceaccounts shop/web"],
  ],
  [
    "a binding to a role of every cluster",
    "ClusterRoleBinding",
    {
      metadata: { name: "a" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    },
    [],
  ],
  [
    "a webhook",
    "ValidatingWebhookConfiguration",
    {
      metadata: { name: "a" },
      webhooks: [
        { clientConfig: { service: { namespace: "shop", name: "hook" } } },
        { clientConfig: { url: "https://x" } },
      ],
    },
    ["services shop/hook"],
  ],
  [
    "a policy's binding",
    "ValidatingAdmissionPolicyBinding",
    { metadata: { name: "a" }, spec: { policyName: "p" } },
    ["validatingadmissionpolicies.admissionregistration.k8s.io p"],
  ],
  [
    "an APIService",
    "APIService",
    { metadata: { name: "a" }, spec: { service: { namespace: "shop", name: "api" } } },
    ["services shop/api"],
  ],
  [
    "a definition with a conversion webhook",
    "CustomResourceDefinition",
    {
      metadata: { name: "a" },
      spec: { conversion: { webhook: { clientConfig: { service: { namespace: "shop", name: "api" } } } } },
    },
    ["services shop/api"],
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
      ({ namespace, name, ...of }) =>
        `${"resource" in of ? of.resource : `${of.kind}.${of.group}`} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    );
    assert.deepEqual(names, expected);
  });
}
