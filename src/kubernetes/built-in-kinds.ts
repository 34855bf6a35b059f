/**
 * The kinds and scopes of built-in resources. The manifest of an archive tells both, and what is a Secret must not depend
 * on what a manifest tells. A test compares the table with what the API server serves.
 */

import { type GroupResource, type Resource, resourceName } from "./resource.ts";

/** Resources and kinds by API group: those in namespaces, then those that are cluster-scoped. */
const BUILT_IN: Readonly<Record<string, readonly [namespaced: Table, clusterScoped: Table]>> = {
  "": [
    {
      configmaps: "ConfigMap",
      endpoints: "Endpoints",
      events: "Event",
      limitranges: "LimitRange",
      persistentvolumeclaims: "PersistentVolumeClaim",
      pods: "Pod",
      podtemplates: "PodTemplate",
      replicationcontrollers: "ReplicationController",
      resourcequotas: "ResourceQuota",
      secrets: "Secret",
      serviceaccounts: "ServiceAccount",
      services: "Service",
    },
    { namespaces: "Namespace", nodes: "Node", persistentvolumes: "PersistentVolume" },
  ],
  "admissionregistration.k8s.io": [
    {},
    {
      mutatingadmissionpolicies: "MutatingAdmissionPolicy",
      mutatingadmissionpolicybindings: "MutatingAdmissionPolicyBinding",
      mutatingwebhookconfigurations: "MutatingWebhookConfiguration",
      validatingadmissionpolicies: "ValidatingAdmissionPolicy",
      validatingadmissionpolicybindings: "ValidatingAdmissionPolicyBinding",
      validatingwebhookconfigurations: "ValidatingWebhookConfiguration",
    },
  ],
  "apiextensions.k8s.io": [{}, { customresourcedefinitions: "CustomResourceDefinition" }],
  "apiregistration.k8s.io": [{}, { apiservices: "APIService" }],
  apps: [
    {
      controllerrevisions: "ControllerRevision",
      daemonsets: "DaemonSet",
      deployments: "Deployment",
      replicasets: "ReplicaSet",
      statefulsets: "StatefulSet",
    },
    {},
  ],
  autoscaling: [{ horizontalpodautoscalers: "HorizontalPodAutoscaler" }, {}],
  batch: [{ cronjobs: "CronJob", jobs: "Job" }, {}],
  "certificates.k8s.io": [
    { podcertificaterequests: "PodCertificateRequest" },
    { certificatesigningrequests: "CertificateSigningRequest", clustertrustbundles: "ClusterTrustBundle" },
  ],
  "coordination.k8s.io": [{ leasecandidates: "LeaseCandidate", leases: "Lease" }, {}],
  "discovery.k8s.io": [{ endpointslices: "EndpointSlice" }, {}],
  "events.k8s.io": [{ events: "Event" }, {}],
  "flowcontrol.apiserver.k8s.io": [
    {},
    { flowschemas: "FlowSchema", prioritylevelconfigurations: "PriorityLevelConfiguration" },
  ],
  "internal.apiserver.k8s.io": [{}, { storageversions: "StorageVersion" }],
  "networking.k8s.io": [
    { ingresses: "Ingress", networkpolicies: "NetworkPolicy" },
    { ingressclasses: "IngressClass", ipaddresses: "IPAddress", servicecidrs: "ServiceCIDR" },
  ],
  "node.k8s.io": [{}, { runtimeclasses: "RuntimeClass" }],
  policy: [{ poddisruptionbudgets: "PodDisruptionBudget" }, {}],
  "rbac.authorization.k8s.io": [
    { rolebindings: "RoleBinding", roles: "Role" },
    { clusterrolebindings: "ClusterRoleBinding", clusterroles: "ClusterRole" },
  ],
  "resource.k8s.io": [
    { resourceclaims: "ResourceClaim", resourceclaimtemplates: "ResourceClaimTemplate" },
    {
      deviceclasses: "DeviceClass",
      devicetaintrules: "DeviceTaintRule",
      resourcepoolstatusrequests: "ResourcePoolStatusRequest",
      resourceslices: "ResourceSlice",
    },
  ],
  "scheduling.k8s.io": [
    { podgroups: "PodGroup", workloads: "Workload" },
    { priorityclasses: "PriorityClass" },
  ],
  "storage.k8s.io": [
    { csistoragecapacities: "CSIStorageCapacity" },
    {
      csidrivers: "CSIDriver",
      csinodes: "CSINode",
      storageclasses: "StorageClass",
      volumeattachments: "VolumeAttachment",
      volumeattributesclasses: "VolumeAttributesClass",
    },
  ],
  "storagemigration.k8s.io": [{}, { storageversionmigrations: "StorageVersionMigration" }],
};

type Table = Readonly<Record<string, string>>;

/** The kind and the scope of a resource. */
export type KindAndScope = Pick<Resource, "kind" | "namespaced">;

const BY_NAME = new Map<string, KindAndScope>();
const BY_KIND = new Map<string, string>();
for (const [group, tables] of Object.entries(BUILT_IN)) {
  for (const [index, table] of tables.entries()) {
    for (const [resource, kind] of Object.entries(table)) {
      const name = resourceName({ group, resource });
      BY_NAME.set(name, { kind, namespaced: index === 0 });
      BY_KIND.set(`${group}/${kind}`, name);
    }
  }
}

/**
 * Kind and scope of a built-in resource; undefined for a custom resource, and for one that this program does not know.
 *
 * @param name `deployments.apps`.
 */
export function builtInKind(name: string): KindAndScope | undefined {
  return BY_NAME.get(name);
}

/** The name of the built-in resource that has this kind; undefined where none has. */
export function resourceOfBuiltInKind({ group, kind }: Pick<Resource, "group" | "kind">): string | undefined {
  return BY_KIND.get(`${group}/${kind}`);
}

/**
 * Whether objects of a resource hold confidential values. The resource tells, whatever kind a manifest gives; and a
 * custom resource whose kind is Secret is taken for one.
 */
export function isSecrets(resource: GroupResource & Partial<Pick<Resource, "kind">>): boolean {
  return resourceName(resource) === "secrets" || resource.kind === "Secret";
}
