import type { Owner } from "../kubernetes/owners.ts";

/** Resources that hold the revisions of owners in the group apps, which `kubectl rollout undo` needs, and the kinds of those owners. */
const ADOPTERS: Readonly<Record<string, readonly string[]>> = {
  "replicasets.apps": ["Deployment"],
  "controllerrevisions.apps": ["DaemonSet", "StatefulSet"],
};

/**
 * Whether the owner's controller adopts objects that its selector matches. Such an object is created before its
 * owner, without an owner reference, and adopted.
 *
 * @param resource name of the owned resource, `replicasets.apps`: other groups have ReplicaSets too.
 */
export function isAdopter(resource: string, owner: Owner): boolean {
  const owners = Object.hasOwn(ADOPTERS, resource) ? (ADOPTERS[resource] ?? []) : [];
  return owner.controller === true && owners.includes(owner.kind) && owner.apiVersion.startsWith("apps/");
}
