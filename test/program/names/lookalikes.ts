/**
 * Custom resources that have the kind, the plural or the short name of something built in. What is left
 * out of the built-in kinds must stay in these: each object holds all that a rule looks for.
 */

import type { Definition } from "../../support/engine/rig.ts";
import { OPEN_VERSION } from "../../support/engine/rig.ts";

/** A kind that looks like another one, with an object of it. */
export interface Lookalike {
  definition: Definition;
  name: string;
  /** In which namespace, where the kind has any. */
  namespace: string;
  metadata?: Record<string, unknown>;
  body: Record<string, unknown>;
}

export const NAMESPACE = "names";
const GROUP = "example.com";

function lookalike(
  plural: string,
  kind: string,
  parts: Partial<Omit<Lookalike, "definition">> & {
    namespaced?: boolean;
    group?: string;
    shortNames?: string[];
  },
): Lookalike {
  const { namespaced = true, group = GROUP, shortNames, ...more } = parts;
  const definition = {
    group,
    plural,
    kind,
    namespaced,
    versions: [OPEN_VERSION],
    ...(shortNames === undefined ? {} : { shortNames }),
  };
  return { name: "one", namespace: NAMESPACE, body: {}, ...more, definition };
}

const TEMPLATE = {
  metadata: { labels: { "controller-uid": "1", "job-name": "one", app: "x" } },
  spec: { nodeName: "node-1", containers: [] },
};

export const LOOKALIKES: readonly Lookalike[] = [
  lookalike("services", "Service", {
    shortNames: ["svc"],
    // The API server's own Service has this name in this namespace.
    name: "kubernetes",
    namespace: "default",
    body: {
      spec: {
        clusterIP: "10.0.0.7",
        clusterIPs: ["10.0.0.7"],
        healthCheckNodePort: 30_000,
        ports: [{ port: 80, nodePort: 31_000 }],
      },
    },
  }),
  lookalike("secrets", "Secret", {
    body: {
      type: "kubernetes.io/service-account-token",
      data: { nested: { deep: [1, "TOP-SECRET"] }, plain: "no base64" },
    },
  }),
  lookalike("configmaps", "ConfigMap", {
    shortNames: ["cm"],
    name: "kube-root-ca.crt",
    body: { data: [1, 2] },
  }),
  lookalike("namespaces", "Namespace", {
    namespaced: false,
    name: "kube-system",
    body: { spec: { finalizers: ["kubernetes"] } },
  }),
  lookalike("pods", "Pod", {
    shortNames: ["po"],
    metadata: { annotations: { "kubernetes.io/config.mirror": "1" } },
    body: {
      spec: {
        nodeName: "node-1",
        priority: 7,
        preemptionPolicy: "Never",
        ephemeralContainers: [{ name: "x" }],
      },
    },
  }),
  lookalike("jobs", "Job", {
    metadata: { labels: { "controller-uid": "1", "job-name": "one" } },
    body: { spec: { selector: { matchLabels: { "controller-uid": "1" } }, template: TEMPLATE } },
  }),
  lookalike("endpoints", "Endpoints", {
    metadata: { labels: { "endpoints.kubernetes.io/managed-by": "endpoint-controller" } },
    body: { subsets: [] },
  }),
  lookalike("endpointslices", "EndpointSlice", {
    metadata: { labels: { "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io" } },
  }),
  lookalike("persistentvolumes", "PersistentVolume", {
    namespaced: false,
    shortNames: ["pv"],
    metadata: {
      annotations: { "pv.kubernetes.io/provisioned-by": "x", "pv.kubernetes.io/bound-by-controller": "yes" },
    },
    body: { spec: { claimRef: { name: "a", uid: "1", resourceVersion: "2" } } },
  }),
  lookalike("persistentvolumeclaims", "PersistentVolumeClaim", {
    metadata: {
      annotations: {
        "pv.kubernetes.io/bind-completed": "yes",
        "pv.kubernetes.io/bound-by-controller": "yes",
      },
    },
    body: { spec: { volumeName: "pv-1" } },
  }),
  lookalike("resourceclaims", "ResourceClaim", {
    metadata: { annotations: { "resource.kubernetes.io/pod-claim-name": "x" } },
  }),
  lookalike("serviceaccounts", "ServiceAccount", {
    shortNames: ["sa"],
    body: { secrets: [{ name: "one-token-abcde" }, { name: "other" }] },
  }),
  lookalike("clusterroles", "ClusterRole", {
    namespaced: false,
    metadata: {
      labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
      annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
    },
    body: { rules: "none" },
  }),
  lookalike("flowschemas", "FlowSchema", {
    namespaced: false,
    metadata: { annotations: { "apf.kubernetes.io/autoupdate-spec": "true" } },
  }),
  lookalike("priorityclasses", "PriorityClass", { namespaced: false, name: "system-node-critical" }),
  lookalike("servicecidrs", "ServiceCIDR", { namespaced: false, name: "kubernetes" }),
  lookalike("apiservices", "APIService", {
    namespaced: false,
    name: "v1.apps",
    metadata: { labels: { "kube-aggregator.kubernetes.io/automanaged": "onstart" } },
  }),
  lookalike("events", "Event", { shortNames: ["ev"] }),
  lookalike("leases", "Lease", {}),
  lookalike("nodes", "Node", { namespaced: false, shortNames: ["no"] }),
  lookalike("customresourcedefinitions", "CustomResourceDefinition", {
    namespaced: false,
    shortNames: ["crd"],
  }),
  // The group that only looks like the one of the API server.
  lookalike("deployments", "Deployment", {
    group: "apps.example.com",
    shortNames: ["deploy"],
    metadata: { annotations: { "deployment.kubernetes.io/revision": "7" } },
    body: { spec: { replicas: 3, template: TEMPLATE } },
  }),
  lookalike("replicasets", "ReplicaSet", {
    group: "apps.example.com",
    shortNames: ["rs"],
    body: { spec: { replicas: 3, template: TEMPLATE } },
  }),
];
