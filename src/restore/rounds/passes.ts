/** The passes of a restore: stages, in which objects that others own may come earlier than the rest of their resource. */

import { CRD_RESOURCE } from "../live/crd-facts.ts";
import { isAdmission, stagesOf } from "./order.ts";
import { QUOTAS } from "./quota-counts.ts";

/** Which objects of a resource a pass restores. `owned` and `rest`, `within` and `exceeded` are all objects together. */
export type Which = "all" | "owned" | "rest" | "within" | "exceeded";

/** A resource, `deployments.apps`, and which of its objects are restored. */
interface PassResource {
  name: string;
  which: Which;
}

/** Resources whose objects do not need each other. A pass ends before the next begins. */
export type Pass = readonly PassResource[];

/** What the order of a restore goes by. */
export interface PassFacts {
  /** Names of the resources of the backup, namespaces aside. */
  names: readonly string[];
  /** Resources that have owned objects, and the resources of the owners. */
  owners: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether the backup holds more objects than some of its quotas allow. */
  exceedsQuotas: boolean;
}

/**
 * Sorts resources into passes. An object that is owned comes before its owner, whose controller would create the
 * object anew where the object is missing; so do, in turn, the objects that the owned object owns. Quotas that the
 * backup exceeds come after what they count. Admission comes last, whatever owns it.
 */
export function passesOf({ names, owners, exceedsQuotas }: PassFacts): Pass[] {
  const stages = stagesOf(names);
  const stageOf = new Map(stages.flatMap((stage, index) => stage.map((name) => [name, index] as const)));
  const hoisted = hoistedStages(stageOf, owners);
  const passes: PassResource[][] = [];
  for (const [index, stage] of stages.entries()) {
    const early = [...hoisted].filter(([, at]) => at === index).map(([name]) => name);
    for (const group of deepestFirst(early, owners))
      passes.push(group.map((name) => ({ name, which: "owned" })));
    passes.push(
      stage.map((name) => {
        if (name === QUOTAS && exceedsQuotas) return { name, which: "within" };
        return { name, which: hoisted.has(name) ? "rest" : "all" };
      }),
    );
  }
  if (exceedsQuotas) {
    const admission = passes.findIndex((pass) => pass.some(({ name }) => isAdmission(name)));
    passes.splice(admission === -1 ? passes.length : admission, 0, [{ name: QUOTAS, which: "exceeded" }]);
  }
  return passes;
}

/** The stages before which the owned objects of resources are restored, for resources that would not be there in time. */
function hoistedStages(
  stageOf: ReadonlyMap<string, number>,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, number> {
  const earliest = new Map(stageOf);
  const ownersOf = (name: string) =>
    isAdmission(name) || name === CRD_RESOURCE
      ? []
      : [...(owners.get(name) ?? [])].filter((owner) => stageOf.has(owner) && owner !== CRD_RESOURCE);
  // An owner that is early has what it owns come as early. Each round settles at least one more resource.
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, at] of earliest) {
      const sooner = Math.min(at, ...ownersOf(name).map((owner) => earliest.get(owner) ?? at));
      if (sooner < at) {
        earliest.set(name, sooner);
        changed = true;
      }
    }
  }
  const hoisted = new Map<string, number>();
  for (const [name, at] of earliest) {
    const meetsOwner = ownersOf(name).some((owner) => earliest.get(owner) === at);
    if (at < (stageOf.get(name) ?? at) || meetsOwner) hoisted.set(name, at);
  }
  return hoisted;
}

/** Groups resources so that what is owned comes in an earlier group than its owners. Circles end where they begin. */
function deepestFirst(
  names: readonly string[],
  owners: ReadonlyMap<string, ReadonlySet<string>>,
): string[][] {
  const depthOf = (name: string, below: readonly string[]): number => {
    const above = [...(owners.get(name) ?? [])].filter(
      (owner) => names.includes(owner) && !below.includes(owner) && owner !== name,
    );
    return Math.max(0, ...above.map((owner) => depthOf(owner, [...below, name]) + 1));
  };
  const groups: string[][] = [];
  for (const name of names) {
    const depth = depthOf(name, []);
    groups[depth] = [...(groups[depth] ?? []), name];
  }
  return groups.filter((group) => group !== undefined).reverse();
}
