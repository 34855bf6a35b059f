/** The objects of applications in a cluster. */

import type { ControlPlane } from "../../support/cluster/control-plane.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind, as the API server gives them.
export type LiveObject = any;

const LISTS = [
  "/api/v1/configmaps",
  "/api/v1/persistentvolumeclaims",
  "/api/v1/persistentvolumes",
  "/api/v1/pods",
  "/api/v1/secrets",
  "/api/v1/serviceaccounts",
  "/api/v1/services",
  "/apis/apps/v1/controllerrevisions",
  "/apis/apps/v1/daemonsets",
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/replicasets",
  "/apis/apps/v1/statefulsets",
  "/apis/autoscaling/v2/horizontalpodautoscalers",
  "/apis/batch/v1/cronjobs",
  "/apis/batch/v1/jobs",
  "/apis/example.com/v1/applications",
  "/apis/policy/v1/poddisruptionbudgets",
];

/** The system's own, and the flag of the restore gate: what is there comes and goes by itself. */
const SYSTEM = /^kube-|^backuprestore-donotuse$/;

/** All objects of the applications' kinds, those of the system aside. */
export async function readObjects({ request }: ControlPlane): Promise<LiveObject[]> {
  const lists = await Promise.all(LISTS.map((list) => request("GET", list)));
  return lists
    .flatMap(({ kind, items }) =>
      items.map((item: LiveObject) => ({ ...item, kind: kind.replace(/List$/, "") })),
    )
    .filter(({ metadata }: LiveObject) => !SYSTEM.test(metadata.namespace ?? ""));
}

/** Uids of all these objects, by kind and name. */
export async function readUids(cluster: ControlPlane): Promise<Map<string, string>> {
  const objects = await readObjects(cluster);
  return new Map(objects.map(({ kind, metadata }) => [`${kind} ${titleOf(metadata)}`, metadata.uid]));
}

/** `shop/web` */
export function titleOf({ namespace, name }: LiveObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Whether a condition of an object's status is true. */
export function hasCondition({ status }: LiveObject, wanted: string): boolean {
  const conditions: { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === wanted && status === "True");
}

/** Whether it is a Job that has come to its end. */
export function isFinishedJob(object: LiveObject): boolean {
  return object.kind === "Job" && (hasCondition(object, "Complete") || hasCondition(object, "Failed"));
}
