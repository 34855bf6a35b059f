/** What the controllers of a cluster write by themselves. docs/commands/diff.md has the list. */

import { isAdopter } from "../objects/adopters.ts";
import type { Change, ObjectDifference } from "./document.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/** Fields that a controller maintains, by resource. Those of revisions only where a controller owns them. */
const FIELDS: Readonly<Record<string, RegExp>> = {
  "deployments.apps": /^metadata\.annotations\["deployment\.kubernetes\.io\/revision"\]$/,
  "daemonsets.apps": /^metadata\.annotations\["deprecated\.daemonset\.template\.generation"\]$/,
  "replicasets.apps":
    /^(?:spec\.replicas|metadata\.ownerReferences.*|metadata\.annotations\["deployment\.kubernetes\.io\/.*"\])$/,
  "controllerrevisions.apps": /^(?:revision|metadata\.ownerReferences.*)$/,
};

/** Resources of which controllers create and remove objects: the revisions of Deployments, DaemonSets and StatefulSets. */
const REVISIONS: ReadonlySet<string> = new Set(["replicasets.apps", "controllerrevisions.apps"]);

/**
 * Whether a difference is the work of the cluster's own controllers alone.
 *
 * @param cause the change of the object that this one follows: what came or went with its owner is part of that.
 */
export function isByController(
  { change, resource, fields, owners }: DifferenceWithOwners,
  cause: Change | undefined,
): boolean {
  const owned = owners.some((owner) => isAdopter(resource, owner));
  if (REVISIONS.has(resource) && !owned) return false;
  if (change !== "changed") return REVISIONS.has(resource) && cause !== change;
  const maintained = Object.hasOwn(FIELDS, resource) ? FIELDS[resource] : undefined;
  return maintained !== undefined && fields.length > 0 && fields.every(({ path }) => maintained.test(path));
}

/** The differences without those of controllers. What follows one of these stands by itself. */
export function withoutControllers(objects: readonly ObjectDifference[]): ObjectDifference[] {
  const hidden = new Set(objects.filter(({ byController }) => byController === true).map(idOf));
  return objects
    .filter(({ byController }) => byController !== true)
    .map((object) => {
      const { follows, ...rest } = object;
      return follows !== undefined && hidden.has(idOf(follows)) ? rest : object;
    });
}

function idOf({ resource, namespace, name }: Pick<ObjectDifference, "resource" | "namespace" | "name">) {
  return `${resource}/${namespace ?? ""}/${name}`;
}
