/** Which differences only follow from others: a ReplicaSet's from its Deployment's. */

import { parseApiVersion } from "../kubernetes/resource.ts";
import type { FoundDifference } from "./compare-resource.ts";
import type { ObjectDifference } from "./document.ts";

/**
 * Names, for each object, the one whose difference it follows: an owner that differs itself, or else the
 * namespace that came or went with all that is in it.
 */
export function withFollows(found: readonly FoundDifference[]): ObjectDifference[] {
  const byId = new Map(found.map((each) => [idOf(parseApiVersion(each.apiVersion).group, each), each]));
  const leaders = new Map<FoundDifference, FoundDifference>();
  for (const each of found) {
    const leader = leaderOf(each, byId);
    if (leader !== undefined && !leadsTo(leader, each, leaders)) leaders.set(each, leader);
  }
  return found.map((each) => {
    const { owners: _, ...difference } = each;
    const leader = leaders.get(each);
    if (leader === undefined) return difference;
    const { kind, namespace, name } = leader;
    return { ...difference, follows: { kind, namespace, name } };
  });
}

function leaderOf(
  each: FoundDifference,
  byId: ReadonlyMap<string, FoundDifference>,
): FoundDifference | undefined {
  for (const { apiVersion, kind, name } of each.owners) {
    const { group } = parseApiVersion(apiVersion);
    // An owner is in the same namespace, or in none.
    for (const namespace of [each.namespace, null]) {
      const owner = byId.get(idOf(group, { kind, namespace, name }));
      if (owner !== undefined) return owner;
    }
  }
  if (each.namespace === null) return undefined;
  const home = byId.get(idOf("", { kind: "Namespace", namespace: null, name: each.namespace }));
  return home?.change === each.change && home.change !== "changed" ? home : undefined;
}

/** Whether following the leaders from one difference comes to another: owners may own each other. */
function leadsTo(
  from: FoundDifference,
  to: FoundDifference,
  leaders: ReadonlyMap<FoundDifference, FoundDifference>,
): boolean {
  for (let each: FoundDifference | undefined = from; each !== undefined; each = leaders.get(each)) {
    if (each === to) return true;
  }
  return false;
}

function idOf(
  group: string,
  { kind, namespace, name }: Pick<FoundDifference, "kind" | "namespace" | "name">,
) {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
