// Written by build/api-lifetimes.ts from the Go modules of Kubernetes' API. Do not edit.

/** The Kubernetes versions that the table is of: minor versions of 1. */
export const KNOWN_KUBERNETES = { oldest: 22, newest: 37 };

/**
 * In which Kubernetes a kind is served in an API version: from which minor version of 1 on (0: before the table begins), from
 * which on no more, and the group to which the kind has moved where that is another.
 */
export type ApiLifetime = readonly [since: number, removed?: number, movedTo?: string];

/** The lifetimes of built-in kinds that can be listed, by apiVersion. */
export const API_LIFETIMES: Readonly<Record<string, Readonly<Record<string, ApiLifetime>>>> = {
  "admissionregistration.k8s.io/v1": {
    MutatingAdmissionPolicy: [36],
    MutatingAdmissionPolicyBinding: [36],
    MutatingWebhookConfiguration: [16],
    ValidatingAdmissionPolicy: [30],
    ValidatingAdmissionPolicyBinding: [30],
    ValidatingWebhookConfiguration: [16],
  },
  "admissionregistration.k8s.io/v1alpha1": {
    MutatingAdmissionPolicy: [32],
    MutatingAdmissionPolicyBinding: [32],
    ValidatingAdmissionPolicy: [26, 32],
    ValidatingAdmissionPolicyBinding: [26, 32],
  },
  "admissionregistration.k8s.io/v1beta1": {
    MutatingAdmissionPolicy: [34],
    MutatingAdmissionPolicyBinding: [34],
    MutatingWebhookConfiguration: [9, 22],
    ValidatingAdmissionPolicy: [28, 34],
    ValidatingAdmissionPolicyBinding: [28, 34],
    ValidatingWebhookConfiguration: [9, 22],
  },
  "apiextensions.k8s.io/v1": {
    CustomResourceDefinition: [16],
  },
  "apiextensions.k8s.io/v1beta1": {
    CustomResourceDefinition: [7, 22],
  },
  "apiregistration.k8s.io/v1": {
    APIService: [10],
  },
  "apiregistration.k8s.io/v1beta1": {
    APIService: [7, 22],
  },
  "apps/v1": {
    ControllerRevision: [9],
    DaemonSet: [9],
    Deployment: [9],
    ReplicaSet: [9],
    StatefulSet: [9],
  },
  "apps/v1beta1": {
    ControllerRevision: [7, 16],
    Deployment: [6, 16],
    StatefulSet: [5, 16],
  },
  "apps/v1beta2": {
    ControllerRevision: [8, 16],
    DaemonSet: [8, 16],
    Deployment: [8, 16],
    ReplicaSet: [8, 16],
    StatefulSet: [8, 16],
  },
  "autoscaling/v1": {
    HorizontalPodAutoscaler: [2],
  },
  "autoscaling/v2": {
    HorizontalPodAutoscaler: [23],
  },
  "autoscaling/v2beta1": {
    HorizontalPodAutoscaler: [8, 25],
  },
  "autoscaling/v2beta2": {
    HorizontalPodAutoscaler: [12, 26],
  },
  "batch/v1": {
    CronJob: [21],
    Job: [2],
  },
  "batch/v1beta1": {
    CronJob: [8, 25],
  },
  "certificates.k8s.io/v1": {
    CertificateSigningRequest: [19],
    ClusterTrustBundle: [37],
    PodCertificateRequest: [37],
  },
  "certificates.k8s.io/v1alpha1": {
    ClusterTrustBundle: [27, 37],
    PodCertificateRequest: [34, 35],
  },
  "certificates.k8s.io/v1beta1": {
    CertificateSigningRequest: [12, 22],
    ClusterTrustBundle: [33],
    PodCertificateRequest: [35],
  },
  "coordination.k8s.io/v1": {
    Lease: [14],
  },
  "coordination.k8s.io/v1alpha1": {
    LeaseCandidate: [31, 32],
  },
  "coordination.k8s.io/v1alpha2": {
    LeaseCandidate: [32],
  },
  "coordination.k8s.io/v1beta1": {
    Lease: [12, 22],
    LeaseCandidate: [33],
  },
  "discovery.k8s.io/v1": {
    EndpointSlice: [21],
  },
  "discovery.k8s.io/v1beta1": {
    EndpointSlice: [16, 25],
  },
  "events.k8s.io/v1": {
    Event: [19],
  },
  "events.k8s.io/v1beta1": {
    Event: [8, 25],
  },
  "extensions/v1beta1": {
    DaemonSet: [1, 16, "apps"],
    Deployment: [1, 16, "apps"],
    Ingress: [1, 22, "networking.k8s.io"],
    NetworkPolicy: [3, 16, "networking.k8s.io"],
    PodSecurityPolicy: [2, 16, "policy"],
    ReplicaSet: [2, 16, "apps"],
  },
  "flowcontrol.apiserver.k8s.io/v1": {
    FlowSchema: [29],
    PriorityLevelConfiguration: [29],
  },
  "flowcontrol.apiserver.k8s.io/v1alpha1": {
    FlowSchema: [18, 21],
    PriorityLevelConfiguration: [18, 21],
  },
  "flowcontrol.apiserver.k8s.io/v1beta1": {
    FlowSchema: [20, 26],
    PriorityLevelConfiguration: [20, 26],
  },
  "flowcontrol.apiserver.k8s.io/v1beta2": {
    FlowSchema: [23, 29],
    PriorityLevelConfiguration: [23, 29],
  },
  "flowcontrol.apiserver.k8s.io/v1beta3": {
    FlowSchema: [26, 32],
    PriorityLevelConfiguration: [26, 32],
  },
  "internal.apiserver.k8s.io/v1alpha1": {
    StorageVersion: [0],
  },
  "lifecycle.k8s.io/v1alpha1": {
    Eviction: [37],
    EvictionRequest: [37],
  },
  "networking.k8s.io/v1": {
    IPAddress: [33],
    Ingress: [19],
    IngressClass: [19],
    NetworkPolicy: [7],
    ServiceCIDR: [33],
  },
  "networking.k8s.io/v1alpha1": {
    ClusterCIDR: [25, 29],
    IPAddress: [27, 31],
    ServiceCIDR: [29, 31],
  },
  "networking.k8s.io/v1beta1": {
    IPAddress: [31, 37],
    Ingress: [14, 22],
    IngressClass: [18, 22],
    ServiceCIDR: [31, 37],
  },
  "node.k8s.io/v1": {
    RuntimeClass: [20],
  },
  "node.k8s.io/v1beta1": {
    RuntimeClass: [13, 25],
  },
  "policy/v1": {
    PodDisruptionBudget: [21],
  },
  "policy/v1beta1": {
    PodDisruptionBudget: [5, 25],
    PodSecurityPolicy: [10, 25],
  },
  "rbac.authorization.k8s.io/v1": {
    ClusterRole: [8],
    ClusterRoleBinding: [8],
    Role: [8],
    RoleBinding: [8],
  },
  "rbac.authorization.k8s.io/v1beta1": {
    ClusterRole: [6, 22],
    ClusterRoleBinding: [6, 22],
    Role: [6, 22],
    RoleBinding: [6, 22],
  },
  "resource.k8s.io/v1": {
    DeviceClass: [34],
    DeviceTaintRule: [37],
    ResourceClaim: [34],
    ResourceClaimTemplate: [34],
    ResourceSlice: [34],
  },
  "resource.k8s.io/v1alpha1": {
    PodScheduling: [26, 27],
    ResourceClaim: [26, 27],
    ResourceClaimTemplate: [26, 27],
    ResourceClass: [26, 27],
  },
  "resource.k8s.io/v1alpha2": {
    PodSchedulingContext: [27, 31],
    ResourceClaim: [27, 31],
    ResourceClaimParameters: [30, 31],
    ResourceClaimTemplate: [27, 31],
    ResourceClass: [27, 31],
    ResourceClassParameters: [30, 31],
    ResourceSlice: [30, 31],
  },
  "resource.k8s.io/v1alpha3": {
    DeviceClass: [31, 34],
    DeviceTaintRule: [33],
    PodSchedulingContext: [31, 32],
    ResourceClaim: [31, 34],
    ResourceClaimTemplate: [31, 34],
    ResourcePoolStatusRequest: [36],
    ResourceSlice: [31, 34],
  },
  "resource.k8s.io/v1beta1": {
    DeviceClass: [32],
    ResourceClaim: [32],
    ResourceClaimTemplate: [32],
    ResourceSlice: [32],
  },
  "resource.k8s.io/v1beta2": {
    DeviceClass: [33],
    DeviceTaintRule: [36],
    ResourceClaim: [33],
    ResourceClaimTemplate: [33],
    ResourceSlice: [33],
  },
  "scheduling.k8s.io/v1": {
    PriorityClass: [14],
  },
  "scheduling.k8s.io/v1alpha1": {
    Workload: [35, 36],
  },
  "scheduling.k8s.io/v1alpha2": {
    PodGroup: [36, 37],
    Workload: [36, 37],
  },
  "scheduling.k8s.io/v1alpha3": {
    CompositePodGroup: [37],
    PodGroup: [37],
    Workload: [37],
  },
  "scheduling.k8s.io/v1beta1": {
    PodGroup: [37],
    PriorityClass: [11, 22],
    Workload: [37],
  },
  "storage.k8s.io/v1": {
    CSIDriver: [18],
    CSINode: [17],
    CSIStorageCapacity: [24],
    StorageClass: [6],
    VolumeAttachment: [13],
    VolumeAttributesClass: [34],
  },
  "storage.k8s.io/v1alpha1": {
    CSIStorageCapacity: [19, 24],
    VolumeAttachment: [9, 24],
    VolumeAttributesClass: [29, 35],
  },
  "storage.k8s.io/v1beta1": {
    CSIDriver: [14, 22],
    CSINode: [14, 22],
    CSIStorageCapacity: [21, 27],
    StorageClass: [4, 22],
    VolumeAttachment: [10, 22],
    VolumeAttributesClass: [31, 37],
  },
  "storagemigration.k8s.io/v1": {
    StorageVersionMigration: [37],
  },
  "storagemigration.k8s.io/v1alpha1": {
    StorageVersionMigration: [30, 35],
  },
  "storagemigration.k8s.io/v1beta1": {
    StorageVersionMigration: [35],
  },
  v1: {
    ComponentStatus: [0],
    ConfigMap: [2],
    Endpoints: [0],
    Event: [0],
    LimitRange: [0],
    Namespace: [0],
    Node: [0],
    PersistentVolume: [0],
    PersistentVolumeClaim: [0],
    Pod: [0],
    PodTemplate: [0],
    ReplicationController: [0],
    ResourceQuota: [0],
    Secret: [0],
    Service: [0],
    ServiceAccount: [0],
  },
};
