/** Which differences are consequences of others: a ReplicaSet differs because its Deployment does. */

import { parseApiVersion } from "../kubernetes/resource.ts";
import type { ObjectDifference } from "./document.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/**
 * Names the cause of each difference: an owner that differs, otherwise the namespace that was added or
 * removed together with its objects.
 */
export function withCauses(found: readonly DifferenceWithOwners[]): ObjectDifference[] {
  const byId = new Map(found.map((each) => [idOf(parseApiVersion(each.apiVersion).group, each), each]));
  const causes = new Map<DifferenceWithOwners, DifferenceWithOwners>();
  for (const each of found) {
    const cause = causeOf(each, byId);
    if (cause !== undefined && !isCausedBy(cause, each, causes)) causes.set(each, cause);
  }
  return found.map((each) => {
    const { owners: _, ...difference } = each;
    const cause = causes.get(each);
    if (cause === undefined) return difference;
    const { kind, resource, namespace, name } = cause;
    return { ...difference, follows: { kind, resource, namespace, name } };
  });
}

function causeOf(
  each: DifferenceWithOwners,
  byId: ReadonlyMap<string, DifferenceWithOwners>,
): DifferenceWithOwners | undefined {
  for (const { apiVersion, kind, name } of each.owners) {
    const { group } = parseApiVersion(apiVersion);
    // An owner is in the same namespace, or cluster-scoped.
    for (const namespace of [each.namespace, null]) {
      const owner = byId.get(idOf(group, { kind, namespace, name }));
      if (owner !== undefined) return owner;
    }
  }
  if (each.namespace === null) return undefined;
  const namespace = byId.get(idOf("", { kind: "Namespace", namespace: null, name: each.namespace }));
  return namespace?.change === each.change && namespace.change !== "changed" ? namespace : undefined;
}

/** Whether a difference is a direct or indirect cause of another: objects may own each other. */
function isCausedBy(
  consequence: DifferenceWithOwners,
  cause: DifferenceWithOwners,
  causes: ReadonlyMap<DifferenceWithOwners, DifferenceWithOwners>,
): boolean {
  for (
    let each: DifferenceWithOwners | undefined = consequence;
    each !== undefined;
    each = causes.get(each)
  ) {
    if (each === cause) return true;
  }
  return false;
}

function idOf(
  group: string,
  { kind, namespace, name }: Pick<DifferenceWithOwners, "kind" | "namespace" | "name">,
) {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
