/** The order of a restore. All objects of a stage are in the cluster before the next stage begins. */

import { isBuiltIn } from "../../kubernetes/built-in-groups.ts";
import { NAMESPACES, resourceName } from "../../kubernetes/resource.ts";

const POD_NEEDS = [
  "configmaps",
  "networkpolicies.networking.k8s.io",
  "persistentvolumeclaims",
  "priorityclasses.scheduling.k8s.io",
  "resourceclaims.resource.k8s.io",
  "resourceclaimtemplates.resource.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "runtimeclasses.node.k8s.io",
  "secrets",
  "serviceaccounts",
  "services",
];

const WORKLOADS = [
  "cronjobs.batch",
  "daemonsets.apps",
  "deployments.apps",
  "jobs.batch",
  "replicationcontrollers",
  "statefulsets.apps",
];

const LIMITS = ["limitranges", "resourcequotas"];

const CLASSES = ["storageclasses.storage.k8s.io", "volumeattributesclasses.storage.k8s.io"];
const ROLES = ["clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"];

/**
 * The resources whose objects must exist before the objects of a resource, so that the API server accepts the latter
 * and they work as before. A resource that is not in the table needs no other.
 *
 * ReplicaSets and ControllerRevisions come before their owners: created without an owner reference, they are adopted
 * by the controller of the owner, so that `kubectl rollout undo` works. In the other order the controller creates
 * the newest revision itself before the restore can.
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  persistentvolumes: CLASSES,
  persistentvolumeclaims: [...CLASSES, "persistentvolumes"],
  "clusterrolebindings.rbac.authorization.k8s.io": [...ROLES, "serviceaccounts"],
  "rolebindings.rbac.authorization.k8s.io": [...ROLES, "serviceaccounts"],
  "resourceclaims.resource.k8s.io": ["deviceclasses.resource.k8s.io"],
  "resourceclaimtemplates.resource.k8s.io": ["deviceclasses.resource.k8s.io"],
  "flowschemas.flowcontrol.apiserver.k8s.io": ["prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"],
  pods: POD_NEEDS,
  // What exists may be older than a limit: claims and Pods without a controller come before limits, as they did.
  limitranges: ["pods"],
  // The Pods of controllers were held down by a quota, and are held down again.
  resourcequotas: ["pods"],
  "replicasets.apps": LIMITS,
  "controllerrevisions.apps": LIMITS,
  podtemplates: LIMITS,
  ...Object.fromEntries(WORKLOADS.map((name) => [name, ["replicasets.apps", "controllerrevisions.apps"]])),
  "ingresses.networking.k8s.io": ["ingressclasses.networking.k8s.io", ...WORKLOADS],
  "horizontalpodautoscalers.autoscaling": WORKLOADS,
  "poddisruptionbudgets.policy": WORKLOADS,
};

/** A class of resources. Each class comes after all earlier ones. */
type ResourceClass = "definitions" | "ordinary" | "custom" | "admission";

const CLASSES_IN_ORDER: readonly ResourceClass[] = ["definitions", "ordinary", "custom", "admission"];

/**
 * Sorts resources into stages.
 *
 * @param names resource names, `deployments.apps`, namespaces aside.
 */
export function stagesOf(names: readonly string[]): string[][] {
  const stages: string[][] = [];
  for (const resourceClass of CLASSES_IN_ORDER) {
    const levels: string[][] = [];
    for (const name of names) {
      if (classOf(name) !== resourceClass) continue;
      const level = levelOf(name);
      levels[level] = [...(levels[level] ?? []), name];
    }
    // A level without resources is a hole in the list.
    stages.push(...levels.filter((stage) => stage !== undefined));
  }
  return stages;
}

/** The names of resources in the order of the restore, Namespaces first. */
export function namesInOrder(names: readonly string[]): readonly string[] {
  const namespaces = resourceName(NAMESPACES);
  return [namespaces, ...stagesOf(names.filter((name) => name !== namespaces)).flat()];
}

/**
 * The class of a resource. Custom resources come after workloads, whose Pods serve their webhooks and conversions.
 * Admission comes last, so that it does not judge objects that existed before it did.
 */
function classOf(name: string): ResourceClass {
  const group = name.includes(".") ? name.slice(name.indexOf(".") + 1) : "";
  if (name === "customresourcedefinitions.apiextensions.k8s.io") return "definitions";
  if (isAdmission(name)) return "admission";
  return isBuiltIn(group) ? "ordinary" : "custom";
}

/** Whether objects of a resource take part in admission, or delegate API groups to other servers. */
export function isAdmission(name: string): boolean {
  return /\.(admissionregistration|apiregistration)\.k8s\.io$/.test(name);
}

/** The length of the longest chain of needs below a resource. */
function levelOf(name: string): number {
  const needs = Object.hasOwn(NEEDS, name) ? (NEEDS[name] ?? []) : [];
  return Math.max(0, ...needs.map((need) => levelOf(need) + 1));
}
