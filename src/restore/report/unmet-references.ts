/** What restored objects name that is neither restored nor in the cluster, as facts and in words. */

import { countOf, pluralOf } from "../../words/plural.ts";
import { someNames } from "../../words/some-names.ts";

/**
 * What comes of it: Pods of the objects do not `start`; they may not `pull` their images; a controller makes the object
 * anew and `empty`; anything else that the object is for does not `work`.
 */
type Effect = "start" | "pull" | "empty" | "work";

/** Where what is named is: in the `backup` and not restored, `nowhere`, or, of what may not be listed, `unknown`. */
export type Where = "backup" | "nowhere" | "unknown";

/** Objects of one kind that name objects of another which are not there. */
export interface UnmetReference {
  /** The title of their kind: `Deployment`. */
  kind: string;
  /** The objects, as `NAMESPACE/NAME`, sorted. */
  objects: string[];
  /** What they name: `serviceaccounts`, and its kind. */
  resource: string;
  neededKind: string;
  /** The objects that are named, sorted. */
  needed: string[];
  effect: Effect;
  where: Where;
}

/** One object that names one other. */
export interface UnmetPair extends Omit<UnmetReference, "objects" | "needed"> {
  object: string;
  needed: string;
}

/** Groups pairs by kinds, effect and place: the most objects first, and of equal ones the first that came. */
export function groupUnmet(pairs: Iterable<UnmetPair>): UnmetReference[] {
  const groups = new Map<string, { first: UnmetPair; objects: Set<string>; needed: Set<string> }>();
  for (const pair of pairs) {
    const id = [pair.kind, pair.resource, pair.effect, pair.where].join("\n");
    const group = groups.get(id) ?? { first: pair, objects: new Set(), needed: new Set() };
    groups.set(id, group);
    group.objects.add(pair.object);
    group.needed.add(pair.needed);
  }
  return [...groups.values()]
    .map(({ first, objects, needed }) => ({
      ...first,
      objects: [...objects].sort(),
      needed: [...needed].sort(),
    }))
    .map(({ object: _, ...group }: UnmetReference & { object?: string }) => group)
    .toSorted((one, other) => other.objects.length - one.objects.length);
}

/** Whether a reference is a finding: what is made anew is not, and neither is what is not known. */
export function isFinding({ effect, where }: UnmetReference): boolean {
  return effect !== "empty" && where !== "unknown";
}

/** Number of objects that lack something, each once. */
export function lackingObjects(unmet: readonly UnmetReference[]): number {
  return new Set(
    unmet.filter(isFinding).flatMap(({ kind, objects }) => objects.map((name) => `${kind} ${name}`)),
  ).size;
}

/**
 * `112 Deployments cannot start: their ServiceAccounts are neither in the backup nor in this cluster (shop/api, shop/web
 * and 110 more)`.
 *
 * @param planned whether the restore is only planned.
 */
export function describeUnmet(unmet: UnmetReference, { planned }: { planned: boolean }): string {
  const { kind, objects, resource, needed, neededKind, where } = unmet;
  const subject = countOf(objects.length, kind);
  const one = objects.length === 1;
  const what = needed.length === 1 ? neededKind : pluralOf(neededKind);
  const some = someNames(objects);
  if (where === "unknown") {
    const it = needed.length === 1 ? "it" : "them";
    return `Whether this cluster has the ${what} of ${subject} is not known, without the right to list ${resource}, and this restore does not bring ${it} (${some})`;
  }
  const are = needed.length === 1 ? "is" : "are";
  const place =
    where === "backup"
      ? `${are} in the backup, and neither restored with ${one ? "it" : "them"} nor in this cluster`
      : `${are} neither in the backup nor in this cluster`;
  return `${subject} ${consequenceOf(unmet, { planned })}: ${one ? "its" : "their"} ${what} ${place} (${some})`;
}

function consequenceOf({ objects, effect }: UnmetReference, { planned }: { planned: boolean }): string {
  const one = objects.length === 1;
  switch (effect) {
    case "start":
      return planned ? "could not start" : "cannot start";
    case "pull":
      return `may not be able to pull ${one ? "its" : "their"} images`;
    case "empty":
      return `${planned ? "would start" : one ? "starts" : "start"} with new and empty volumes`;
    case "work":
      return `${planned ? "would lack" : one ? "lacks" : "lack"} what ${one ? "it names" : "they name"}`;
  }
}

/** What to do about it. */
export function remedyForUnmet(unmet: readonly UnmetReference[]): string {
  const findings = unmet.filter(isFinding);
  const nowhere = new Set(
    findings.filter(({ where }) => where === "nowhere").map(({ resource }) => resource),
  );
  return [
    ...(findings.some(({ where }) => where === "backup") ? ["Restore what the backup has of it too"] : []),
    ...(nowhere.size > 0
      ? [
          `Create what no backup holds, and have it in the next ones: --kinds +${[...nowhere].join(",")}, or all`,
        ]
      : []),
  ].join(". ");
}
