/** Which differences are consequences of others: a ReplicaSet differs because its Deployment does. */

import { parseApiVersion } from "../kubernetes/resource.ts";
import { isByController } from "./by-controller.ts";
import type { ObjectDifference } from "./document.ts";
import type { DifferenceWithOwners } from "./object-difference.ts";

/** The longest chain of causes: a Namespace with a custom resource, its Deployment, ReplicaSet and Pods is one of five. */
const LONGEST_CHAIN = 20;

/**
 * Names the cause of each difference: an owner that differs, otherwise the namespace that was added or
 * removed together with its objects.
 */
export function withCauses(found: readonly DifferenceWithOwners[]): ObjectDifference[] {
  const byId = new Map(found.map((each) => [idOf(parseApiVersion(each.apiVersion).group, each), each]));
  const causes = new Map<DifferenceWithOwners, DifferenceWithOwners>();
  for (const each of found) {
    const cause = causeOf(each, byId);
    if (cause !== undefined) causes.set(each, cause);
  }
  cutChains(found, causes);
  return found.map((each) => {
    const { owners: _, aggregates: __, ...facts } = each;
    const cause = causes.get(each);
    const difference: ObjectDifference = isByController(each, cause)
      ? { ...facts, byController: true }
      : facts;
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

/**
 * Cuts circles, since objects may own each other, and chains that are too long: each object of a chain is indented below
 * the one before.
 */
function cutChains(
  found: readonly DifferenceWithOwners[],
  causes: Map<DifferenceWithOwners, DifferenceWithOwners>,
): void {
  /** How many causes are above a difference. */
  const depths = new Map<DifferenceWithOwners, number>();
  for (const each of found) {
    const path = new Set<DifferenceWithOwners>();
    let top: DifferenceWithOwners | undefined = each;
    for (; top !== undefined && !depths.has(top) && !path.has(top); top = causes.get(top)) path.add(top);
    const chain = [...path].reverse();
    const [last] = chain;
    if (top !== undefined && path.has(top) && last !== undefined) causes.delete(last);
    for (const member of chain) {
      const cause = causes.get(member);
      const depth = cause === undefined ? 0 : (depths.get(cause) ?? 0) + 1;
      if (depth >= LONGEST_CHAIN) causes.delete(member);
      depths.set(member, depth % LONGEST_CHAIN);
    }
  }
}

function idOf(
  group: string,
  { kind, namespace, name }: Pick<DifferenceWithOwners, "kind" | "namespace" | "name">,
) {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
