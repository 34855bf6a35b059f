/** The fields that the cluster's own controllers maintain. A restore leaves them to their writers, and `diff` counts them apart. */

/** When a controller maintains the fields of an object. */
type Condition =
  | "always"
  /** A controller has adopted the object. */
  | "adopted"
  /** The object aggregates others. */
  | "aggregates";

/** Fields that a controller maintains. */
interface ControllerFields {
  /** `deployments.apps`: other groups have resources of the same names without such controllers. */
  resource: string;
  when: Condition;
  /** Members of maps, by the path of the map, which is empty for the object itself. */
  members: readonly { path: readonly string[]; name: RegExp }[];
}

const ANNOTATIONS = ["metadata", "annotations"] as const;

/** The controller, or the API server itself, would write these again at once, and two writers would take turns. */
const CONTROLLER_FIELDS: readonly ControllerFields[] = [
  // The Deployment controller counts the revisions, and sets the number in Deployment and ReplicaSet.
  {
    ...{ resource: "deployments.apps", when: "always" },
    members: [{ path: ANNOTATIONS, name: /^deployment\.kubernetes\.io\/revision$/ }],
  },
  {
    ...{ resource: "replicasets.apps", when: "adopted" },
    members: [
      { path: ["spec"], name: /^replicas$/ },
      { path: ANNOTATIONS, name: /^deployment\.kubernetes\.io\// },
    ],
  },
  // The controllers of DaemonSets and StatefulSets count a revision up when they go back to its template.
  {
    ...{ resource: "controllerrevisions.apps", when: "adopted" },
    members: [{ path: [], name: /^revision$/ }],
  },
  // The rules of a ClusterRole that aggregates others are those of the others.
  {
    ...{ resource: "clusterroles.rbac.authorization.k8s.io", when: "aggregates" },
    members: [{ path: [], name: /^rules$/ }],
  },
  // The API server counts the changes of the Pod template, whatever is sent.
  {
    ...{ resource: "daemonsets.apps", when: "always" },
    members: [{ path: ANNOTATIONS, name: /^deprecated\.daemonset\.template\.generation$/ }],
  },
];

/** The fields of a resource that a controller maintains; undefined where there are none. */
export function controllerFields(resource: string): ControllerFields | undefined {
  return CONTROLLER_FIELDS.find((each) => each.resource === resource);
}
