import type { JsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import {
  annotation,
  type Candidate,
  groupOf,
  hasCondition,
  isOf,
  label,
  member,
} from "../kubernetes/object-facts.ts";
import { hasController, ownerReferencesOf } from "../kubernetes/owners.ts";
import { isFinished } from "./finished.ts";

/** The restore flag: no restore into a cluster that has this namespace. */
export const FLAG_NAMESPACE = "backuprestore-donotuse";

/** A rule that leaves objects out of a backup. */
export interface ObjectRule {
  /** The objects that are left out, as in docs/left-out.md. */
  what: string;
  reason: string;
  /** The kinds that the rule is for, with their group as in `Job.batch`; any kind where undefined. */
  of?: readonly string[];
  /** Whether an object of such a kind is left out. */
  applies: (candidate: Candidate) => boolean;
  /** Of a rule whose objects are counted in a backup: why they are left out, in a few words. */
  counted?: LeftOutWhy;
}

/** Why objects are left out that a backup counts. */
export type LeftOutWhy = "finished" | "owner left out";
/** Labels by which people leave objects out of backups: this program's own, and Velero's. */
export const EXCLUDE_LABELS: readonly string[] = ["kube-backup/exclude", "velero.io/exclude-from-backup"];

/** The last rule: whatever another rule leaves out does not count as left out by a label. */
export const EXCLUDED: ObjectRule = {
  what: 'Objects with the label `kube-backup/exclude: "true"` or `velero.io/exclude-from-backup: "true"`; with a Namespace what is in it; with a Deployment, StatefulSet, DaemonSet or CronJob its ReplicaSets, ControllerRevisions and Jobs',
  reason: "Somebody asked for that; a restore leaves them as they are",
  applies: ({ object }) => EXCLUDE_LABELS.some((name) => label(object, name) === "true"),
};

/** The one rule from which a setting can except single objects. */
export const IN_KUBE_SYSTEM: ObjectRule = {
  what: "The namespace `kube-system` and what is in it, but for what [KEEP_KUBE_SYSTEM](in-cluster.md#objects-of-kube-system) names",
  reason: "It is the cluster's own, and where this program runs",
  applies: (candidate) => isIn(candidate, "kube-system"),
};

/** Objects that are specific to this cluster, or that every cluster creates itself. */
export const OBJECTS_LEFT_OUT: readonly ObjectRule[] = [
  IN_KUBE_SYSTEM,
  {
    what: `The namespace \`${FLAG_NAMESPACE}\` and what is in it`,
    reason: "It is the flag of the restore gate: restored, it would forbid every restore",
    applies: (candidate) => isIn(candidate, FLAG_NAMESPACE),
  },
  {
    what: "Namespaces that are being deleted, and what is in them",
    reason: "Somebody wanted them gone: a restore would bring them back",
    of: ["Namespace"],
    applies: (candidate) => isBeingDeleted(candidate.object),
  },
  {
    what: "Objects that are being deleted",
    reason: "Somebody wanted them gone: a restore would bring them back",
    applies: ({ object }) => isBeingDeleted(object),
  },
  {
    what: "The Service `default/kubernetes`",
    reason: "Every API server makes its own, with its own address",
    of: ["Service"],
    applies: (candidate) => isKubernetesService(candidate),
  },
  {
    what: "ConfigMaps named `kube-root-ca.crt`",
    reason: "The cluster puts its own certificate authority into every namespace",
    of: ["ConfigMap"],
    applies: (candidate) => candidate.name === "kube-root-ca.crt",
  },
  {
    what: "The ConfigMap `kube-public/cluster-info`",
    reason: "It holds this cluster's address and certificate authority, for nodes that join it",
    of: ["ConfigMap"],
    applies: (candidate) => candidate.namespace === "kube-public" && candidate.name === "cluster-info",
  },
  {
    what: "ClusterTrustBundles of the signer `kubernetes.io/kube-apiserver-serving`",
    reason: "The cluster publishes its own certificate authority; Pods would trust that of another cluster",
    of: ["ClusterTrustBundle.certificates.k8s.io"],
    applies: (candidate) =>
      member(candidate.object, "spec")["signerName"] === "kubernetes.io/kube-apiserver-serving",
  },
  {
    what: "Secrets of the type `kubernetes.io/service-account-token`",
    reason:
      "They are signed by this cluster for a ServiceAccount's uid: the cluster makes them, and no other accepts them",
    of: ["Secret"],
    applies: (candidate) => candidate.object["type"] === "kubernetes.io/service-account-token",
  },
  {
    what: "Secrets of the type `bootstrap.kubernetes.io/token`",
    reason: "They let nodes join this cluster, for some hours",
    of: ["Secret"],
    applies: (candidate) => candidate.object["type"] === "bootstrap.kubernetes.io/token",
  },
  {
    what: "Pods that have a controller, and mirror Pods",
    reason: "Their controller, or the kubelet, makes them again",
    of: ["Pod"],
    applies: (candidate) =>
      hasController(candidate.object) ||
      annotation(candidate.object, "kubernetes.io/config.mirror") !== undefined,
  },
  {
    what: "Jobs that are finished, and Pods in the phase Succeeded or Failed",
    reason: "They would run once more",
    of: ["Job.batch", "Pod"],
    applies: (candidate) =>
      (candidate.kind === "Job" && hasCondition(candidate.object, ["Complete", "Failed"])) ||
      (candidate.kind === "Pod" && ["Succeeded", "Failed"].includes(phaseOf(candidate))),
    counted: "finished",
  },
  {
    what: "Custom resources that are finished: the status has a completion time, or the condition `Succeeded` or `Complete`",
    reason:
      "They come back without their status, and would run once more. Those that say `spec.schedule` or `spec.replicas` are kept, and those that KEEP_FINISHED names",
    applies: isFinished,
    counted: "finished",
  },
  {
    what: "Objects whose owners are all Pods, Nodes or other objects that nodes and drivers make",
    reason: "They belong to what the new cluster makes anew, and nothing would ever remove them",
    applies: ({ object }) => {
      const owners = ownerReferencesOf(object);
      return owners.length > 0 && owners.every(isNeverBackedUp);
    },
    counted: "owner left out",
  },
  {
    what: "Endpoints that follow a Service, those of `default/kubernetes` too",
    reason: "The endpoints controller makes them of the Service's Pods",
    of: ["Endpoints"],
    applies: (candidate) =>
      label(candidate.object, "endpoints.kubernetes.io/managed-by") === "endpoint-controller" ||
      annotation(candidate.object, "endpoints.kubernetes.io/last-change-trigger-time") !== undefined ||
      isKubernetesService(candidate),
  },
  {
    what: "EndpointSlices that follow a Service or Endpoints, that of `default/kubernetes` too",
    reason: "The endpoint slice controllers make them",
    of: ["EndpointSlice.discovery.k8s.io"],
    applies: (candidate) =>
      /^endpointslice(mirroring)?-controller\.k8s\.io$/.test(
        String(label(candidate.object, "endpointslice.kubernetes.io/managed-by")),
      ) || isKubernetesService(candidate),
  },
  {
    what: "PersistentVolumes that were provisioned for a claim",
    reason: "They name this cluster's storage: a claim that comes back gets a new, empty one",
    of: ["PersistentVolume"],
    applies: (candidate) => annotation(candidate.object, "pv.kubernetes.io/provisioned-by") !== undefined,
  },
  {
    what: "PersistentVolumeClaims that were made for a Pod's ephemeral volume",
    reason: "They belong to that one Pod: each new Pod gets its own",
    of: ["PersistentVolumeClaim"],
    applies: (candidate) => hasController(candidate.object, "Pod"),
  },
  {
    what: "ResourceClaims that were made for a Pod",
    reason: "They are made of their template again, with the Pod",
    of: ["ResourceClaim.resource.k8s.io"],
    applies: (candidate) =>
      annotation(candidate.object, "resource.kubernetes.io/pod-claim-name") !== undefined,
  },
  {
    what: "ClusterRoles, ClusterRoleBindings, Roles and RoleBindings that the API server keeps up to date",
    reason:
      "Every API server makes its own, those of its version (label kubernetes.io/bootstrapping); one that says autoupdate: false is kept",
    of: [
      "ClusterRole.rbac.authorization.k8s.io",
      "ClusterRoleBinding.rbac.authorization.k8s.io",
      "Role.rbac.authorization.k8s.io",
      "RoleBinding.rbac.authorization.k8s.io",
    ],
    applies: ({ object }) =>
      label(object, "kubernetes.io/bootstrapping") === "rbac-defaults" &&
      annotation(object, "rbac.authorization.kubernetes.io/autoupdate") !== "false",
  },
  {
    what: "FlowSchemas and PriorityLevelConfigurations that the API server keeps up to date",
    reason: "Every API server makes its own (annotation apf.kubernetes.io/autoupdate-spec)",
    of: [
      "FlowSchema.flowcontrol.apiserver.k8s.io",
      "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
    ],
    applies: ({ object }) => annotation(object, "apf.kubernetes.io/autoupdate-spec") === "true",
  },
  {
    what: "The PriorityClasses `system-cluster-critical` and `system-node-critical`",
    reason: "Every API server makes its own",
    of: ["PriorityClass.scheduling.k8s.io"],
    applies: (candidate) => /^system-(cluster|node)-critical$/.test(candidate.name),
  },
  {
    what: "The ServiceCIDR `kubernetes`",
    reason: "The range of this cluster's addresses; the API server makes it of its flags",
    of: ["ServiceCIDR.networking.k8s.io"],
    applies: (candidate) => candidate.name === "kubernetes",
  },
  {
    what: "APIServices of the API server itself, and those that it makes of CustomResourceDefinitions",
    reason: "It makes them of what it serves (label kube-aggregator.kubernetes.io/automanaged)",
    of: ["APIService.apiregistration.k8s.io"],
    applies: (candidate) =>
      label(candidate.object, "kube-aggregator.kubernetes.io/automanaged") !== undefined,
  },
  EXCLUDED,
];

/** By kind, all rules that can apply to the kind, in the order of the table. */
const BY_KIND: ReadonlyMap<string, readonly ObjectRule[]> = new Map(
  OBJECTS_LEFT_OUT.flatMap((rule) => rule.of ?? []).map((kind) => [
    kind,
    OBJECTS_LEFT_OUT.filter(({ of }) => of === undefined || of.includes(kind)),
  ]),
);
const OF_ANY_KIND = OBJECTS_LEFT_OUT.filter(({ of }) => of === undefined);

/** The rules that can apply to an object. Every object of a cluster is asked about: most of the table is passed over. */
export function rulesFor({ kind, object }: Candidate): readonly ObjectRule[] {
  const group = groupOf(object);
  return BY_KIND.get(group === "" ? kind : `${kind}.${group}`) ?? OF_ANY_KIND;
}

/** Owners of which a backup holds none: of the Pods only those that nothing made, which seldom own anything. */
const NEVER_BACKED_UP: ReadonlySet<string> = new Set([
  "/Pod",
  "/Node",
  "/Event",
  "storage.k8s.io/CSINode",
  "storage.k8s.io/VolumeAttachment",
  "resource.k8s.io/ResourceSlice",
  "certificates.k8s.io/CertificateSigningRequest",
]);

function isNeverBackedUp(owner: JsonObject): boolean {
  return NEVER_BACKED_UP.has(`${groupOf(owner)}/${String(owner["kind"])}`);
}

function phaseOf({ object }: Candidate): string {
  return String(member(object, "status")["phase"]);
}

function isIn(candidate: Candidate, namespace: string): boolean {
  return (isOf(candidate, "", "Namespace") ? candidate.name : candidate.namespace) === namespace;
}

function isKubernetesService({ namespace, name }: Candidate): boolean {
  return namespace === "default" && name === "kubernetes";
}
