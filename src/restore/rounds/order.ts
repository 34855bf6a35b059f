import { NAMESPACES, type Resource, resourceName } from "../../kubernetes/resource.ts";

/**
 * The order of a restore, from what needs what. All of a stage is in the cluster before the next begins.
 */

import { isBuiltIn } from "../../kubernetes/built-in-groups.ts";

const POD_NEEDS = [
  "configmaps",
  "limitranges",
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
  "pods",
  "replicationcontrollers",
  "statefulsets.apps",
];

const CLASSES = ["storageclasses.storage.k8s.io", "volumeattributesclasses.storage.k8s.io"];
const ROLES = ["clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"];

/**
 * What of other resources must be there before a resource's objects, so that they are taken, and do what
 * they did. What is not in the table needs nothing.
 *
 * ReplicaSets and ControllerRevisions come before what owns them: made without owner, they are adopted by
 * their owner's controller, so that `kubectl rollout undo` works. The other way round the controller makes
 * the newest one itself before we can.
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  persistentvolumes: CLASSES,
  persistentvolumeclaims: [...CLASSES, "persistentvolumes"],
  "clusterrolebindings.rbac.authorization.k8s.io": [...ROLES, "serviceaccounts"],
  "rolebindings.rbac.authorization.k8s.io": [...ROLES, "serviceaccounts"],
  "resourceclaims.resource.k8s.io": ["deviceclasses.resource.k8s.io"],
  "resourceclaimtemplates.resource.k8s.io": ["deviceclasses.resource.k8s.io"],
  "flowschemas.flowcontrol.apiserver.k8s.io": ["prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"],
  "replicasets.apps": POD_NEEDS,
  "controllerrevisions.apps": POD_NEEDS,
  podtemplates: POD_NEEDS,
  ...Object.fromEntries(WORKLOADS.map((name) => [name, ["replicasets.apps", "controllerrevisions.apps"]])),
  "ingresses.networking.k8s.io": ["ingressclasses.networking.k8s.io", ...WORKLOADS],
  "horizontalpodautoscalers.autoscaling": WORKLOADS,
  "poddisruptionbudgets.policy": WORKLOADS,
  // Objects that were there together fit together; one by one they would wait until the quota is computed.
  resourcequotas: WORKLOADS,
};

/** Needs all that is neither of its sort nor of a later one. */
type Sort = "definitions" | "ordinary" | "custom" | "admission";

const SORTS: readonly Sort[] = ["definitions", "ordinary", "custom", "admission"];

/**
 * Sorts resources into stages.
 *
 * @param names resource names, `deployments.apps`, namespaces aside.
 */
export function stagesOf(names: readonly string[]): string[][] {
  const stages: string[][] = [];
  for (const sort of SORTS) {
    const levels: string[][] = [];
    for (const name of names) {
      if (sortOf(name) !== sort) continue;
      const level = levelOf(name);
      levels[level] = [...(levels[level] ?? []), name];
    }
    // Levels that nothing is on leave holes.
    stages.push(...levels.filter((stage) => stage !== undefined));
  }
  return stages;
}

/** The kinds of resources, each once, in the order in which they come back. */
export function kindsInOrder(
  resources: readonly Pick<Resource, "group" | "resource" | "kind">[],
): readonly string[] {
  const kinds = new Map(resources.map((resource) => [resourceName(resource), resource.kind]));
  const namespaces = resourceName(NAMESPACES);
  const others = [...kinds.keys()].filter((name) => name !== namespaces);
  return [...new Set([namespaces, ...stagesOf(others).flat()].map((name) => kinds.get(name) ?? name))];
}

/**
 * Custom resources come after workloads, whose pods answer for them: webhooks, conversions. What can
 * refuse or change objects comes last, lest it refuse what it let pass when it was made.
 */
function sortOf(name: string): Sort {
  const group = name.includes(".") ? name.slice(name.indexOf(".") + 1) : "";
  if (name === "customresourcedefinitions.apiextensions.k8s.io") return "definitions";
  if (isAdmission(name)) return "admission";
  return isBuiltIn(group) ? "ordinary" : "custom";
}

/** Whether objects of a resource can refuse or change others, or answer for them. */
export function isAdmission(name: string): boolean {
  return /\.(admissionregistration|apiregistration)\.k8s\.io$/.test(name);
}

/** The length of the longest chain of needs below a resource. */
function levelOf(name: string): number {
  const needs = Object.hasOwn(NEEDS, name) ? (NEEDS[name] ?? []) : [];
  return Math.max(0, ...needs.map((need) => levelOf(need) + 1));
}
