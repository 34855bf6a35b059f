import assert from "node:assert/strict";
import { test } from "node:test";
import { portable } from "../../../src/objects/portable.ts";

/** An object of which a person set these fields, as paths, and the API server or a controller all others. */
function claiming(object: { metadata?: object }, claimed: readonly string[]): Record<string, unknown> {
  const managedFields = claimed.map((path) => ({
    manager: "kubectl",
    fieldsV1: path.split(".").reduceRight<object>((fields, name) => ({ [`f:${name}`]: fields }), {}),
  }));
  // The API server records nobody for what it fills in; something is always somebody's.
  const rest = { manager: "kubectl", fieldsV1: { "f:metadata": {} } };
  return { ...object, metadata: { name: "a", ...object.metadata, managedFields: [rest, ...managedFields] } };
}

interface Case {
  what: string;
  kind: string;
  object: { apiVersion?: string; metadata?: object; spec?: object };
  claimed?: readonly string[];
  expected: object;
}

const DUAL = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };
const ADDRESSES = { clusterIP: "10.96.0.50", clusterIPs: ["10.96.0.50"] };
const INGRESS = { apiVersion: "networking.k8s.io/v1" };
const PROVISIONED = { annotations: { "volume.kubernetes.io/storage-provisioner": "ebs.csi.aws.com" } };

const CASES: readonly Case[] = [
  {
    what: "what the API server chose for a Service",
    kind: "Service",
    object: {
      spec: { ...ADDRESSES, ...DUAL, healthCheckNodePort: 31000, loadBalancerClass: "service.k8s.aws/nlb" },
    },
    expected: { spec: {} },
  },
  {
    what: "what a person chose for a Service",
    kind: "Service",
    object: { spec: { ...ADDRESSES, ...DUAL, healthCheckNodePort: 31000, loadBalancerClass: "metallb" } },
    claimed: [
      "spec.clusterIP",
      "spec.clusterIPs",
      "spec.ipFamilies",
      "spec.ipFamilyPolicy",
      "spec.healthCheckNodePort",
      "spec.loadBalancerClass",
    ],
    expected: { spec: { ...ADDRESSES, ...DUAL, healthCheckNodePort: 31000, loadBalancerClass: "metallb" } },
  },
  {
    what: "an address that a person chose, and the list that the API server makes of it",
    kind: "Service",
    object: { spec: { ...ADDRESSES, ipFamilies: ["IPv4"] } },
    claimed: ["spec.clusterIP"],
    expected: { spec: { clusterIP: "10.96.0.50" } },
  },
  {
    what: "a policy that a person chose, and the families that follow from it",
    kind: "Service",
    object: { spec: DUAL },
    claimed: ["spec.ipFamilyPolicy"],
    expected: { spec: { ipFamilyPolicy: "RequireDualStack" } },
  },
  {
    what: "the families of a headless Service",
    kind: "Service",
    object: { spec: { clusterIP: "None", clusterIPs: ["None"], ...DUAL } },
    expected: { spec: { clusterIP: "None", clusterIPs: ["None"] } },
  },
  {
    what: "the finalizer of a cloud's load balancer",
    kind: "Service",
    object: { metadata: { finalizers: ["service.kubernetes.io/load-balancer-cleanup", "example.com/own"] } },
    expected: { metadata: { finalizers: ["example.com/own"] } },
  },
  {
    what: "the default class of a claim that waits",
    kind: "PersistentVolumeClaim",
    object: { spec: { storageClassName: "gp2" } },
    expected: { spec: {} },
  },
  {
    what: "the default class of a claim whose volume was provisioned",
    kind: "PersistentVolumeClaim",
    object: { metadata: PROVISIONED, spec: { storageClassName: "gp2", volumeName: "pvc-1" } },
    expected: { spec: { volumeName: "pvc-1" } },
  },
  {
    what: "the default class of a claim that is bound to a volume made by hand",
    kind: "PersistentVolumeClaim",
    object: { spec: { storageClassName: "gp2", volumeName: "nfs" } },
    expected: { spec: { storageClassName: "gp2", volumeName: "nfs" } },
  },
  {
    what: "the class that a person chose for a claim",
    kind: "PersistentVolumeClaim",
    object: { metadata: PROVISIONED, spec: { storageClassName: "fast" } },
    claimed: ["spec.storageClassName"],
    expected: { spec: { storageClassName: "fast" } },
  },
  {
    what: "the finalizer of a snapshot that is being taken",
    kind: "PersistentVolumeClaim",
    object: {
      metadata: {
        finalizers: [
          "kubernetes.io/pvc-protection",
          "snapshot.storage.kubernetes.io/pvc-as-source-protection",
        ],
      },
    },
    expected: { metadata: { finalizers: ["kubernetes.io/pvc-protection"] } },
  },
  {
    what: "the finalizer of a volume that is attached",
    kind: "PersistentVolume",
    object: { metadata: { finalizers: ["external-attacher/ebs-csi-aws-com"] } },
    expected: {},
  },
  {
    what: "the uid of the one snapshot that a content was made for",
    kind: "VolumeSnapshotContent",
    object: {
      apiVersion: "snapshot.storage.k8s.io/v1",
      spec: { volumeSnapshotRef: { namespace: "shop", name: "daily", uid: "a-1", resourceVersion: "7" } },
    },
    expected: {
      apiVersion: "snapshot.storage.k8s.io/v1",
      spec: { volumeSnapshotRef: { namespace: "shop", name: "daily" } },
    },
  },
  {
    what: "the default class of an Ingress",
    kind: "Ingress",
    object: { ...INGRESS, spec: { ingressClassName: "alb" } },
    expected: { ...INGRESS, spec: {} },
  },
  {
    what: "the class that a person chose for an Ingress",
    kind: "Ingress",
    object: { ...INGRESS, spec: { ingressClassName: "nginx" } },
    claimed: ["spec.ingressClassName"],
    expected: { ...INGRESS, spec: { ingressClassName: "nginx" } },
  },
  {
    what: "what a RuntimeClass gave a Pod",
    kind: "Pod",
    object: { spec: { runtimeClassName: "kata", overhead: { cpu: "1" }, nodeSelector: { kata: "yes" } } },
    expected: { spec: { runtimeClassName: "kata" } },
  },
  {
    what: "what every Pod is given, and what the ServiceAccount gave it",
    kind: "Pod",
    object: { spec: { tolerations: [{ operator: "Exists" }], imagePullSecrets: [{ name: "pull" }] } },
    expected: { spec: {} },
  },
  {
    what: "tolerations and pull secrets that a person chose",
    kind: "Pod",
    object: { spec: { tolerations: [{ operator: "Exists" }], imagePullSecrets: [{ name: "pull" }] } },
    claimed: ["spec.tolerations", "spec.imagePullSecrets"],
    expected: { spec: { tolerations: [{ operator: "Exists" }], imagePullSecrets: [{ name: "pull" }] } },
  },
  {
    what: "the node selector that a person chose",
    kind: "Pod",
    object: { spec: { nodeSelector: { disk: "ssd" } } },
    claimed: ["spec.nodeSelector"],
    expected: { spec: { nodeSelector: { disk: "ssd" } } },
  },
  {
    what: "the finalizer of devices that are allocated",
    kind: "ResourceClaim",
    object: {
      apiVersion: "resource.k8s.io/v1",
      metadata: { finalizers: ["resource.kubernetes.io/delete-protection"] },
    },
    expected: { apiVersion: "resource.k8s.io/v1" },
  },
  {
    what: "who leads",
    kind: "Endpoints",
    object: { metadata: { annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } } },
    expected: {},
  },
];

for (const { what, kind, object, claimed = [], expected } of CASES)
  test(`${kind}: ${what}`, () => {
    const text = portable({ kind }, claiming(structuredClone(object), claimed))?.text ?? "null";
    const { metadata, ...rest } = expected as { metadata?: object };
    assert.deepEqual(JSON.parse(text), { ...rest, metadata: { name: "a", ...metadata } });
  });

test("without field managers nobody knows who chose: addresses go, the rest stays", () => {
  const spec = { ...ADDRESSES, ...DUAL, ports: [{ port: 80, nodePort: 30080 }] };
  const service = portable({ kind: "Service" }, { metadata: { name: "a" }, spec });
  assert.deepEqual(JSON.parse(service?.text ?? "null").spec, { ...DUAL, ports: spec.ports });
});
