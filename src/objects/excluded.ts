/** Objects that a label leaves out of backups. */

import type { JsonObject } from "../kubernetes/json.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import type { Candidate } from "../kubernetes/object-facts.ts";
import { ownerReferencesOf } from "../kubernetes/owners.ts";
import { type GroupResource, resourceName } from "../kubernetes/resource.ts";
import { leftOut } from "./left-out.ts";
import { EXCLUDE_LABELS, EXCLUDED } from "./objects-left-out.ts";

/** Selectors of the objects that carry one of the labels. */
export const EXCLUDE_SELECTORS: readonly string[] = EXCLUDE_LABELS.map((name) => `${name}=true`);

/** Resources whose controllers do not hand their own labels on to what they make, and what they make. */
const DEPENDENTS: readonly (readonly [owner: string, dependents: string])[] = [
  ["deployments.apps", "replicasets.apps"],
  ["statefulsets.apps", "controllerrevisions.apps"],
  ["daemonsets.apps", "controllerrevisions.apps"],
  ["cronjobs.batch", "jobs.batch"],
];

/**
 * The resources whose labelled objects leave out what they have made, too: without its owner, that would run on by itself
 * after a restore.
 *
 * @param captured resources that are backed up, or compared.
 */
export function ownersToLookFor<R extends GroupResource>(
  served: readonly R[],
  captured: readonly GroupResource[],
): R[] {
  const names = new Set(captured.map(resourceName));
  const wanted = DEPENDENTS.filter(([, dependents]) => names.has(dependents));
  return served.filter((each) => wanted.some(([owner]) => owner === resourceName(each)));
}

/** Resources in an order in which owners come before what they have made, so that the labels of owners are known by then. */
export function ownersFirst<R extends GroupResource>(resources: readonly R[]): R[] {
  const isMade = (resource: R) => DEPENDENTS.some(([, dependents]) => dependents === resourceName(resource));
  return [...resources.filter((each) => !isMade(each)), ...resources.filter(isMade)];
}

/** Whether an object carries one of the labels. */
export function isExcluded(object: JsonObject): boolean {
  return EXCLUDED.applies({ kind: "", namespace: undefined, name: "", object });
}

/** An object of a list as the rules see it. */
export function candidateOf(kind: string, object: JsonObject): Candidate {
  return { kind, ...keyOf(object), object };
}

/** What labels leave out of a cluster: namespaces with all that is in them, objects, and what these have made. */
export class Exclusions {
  readonly #namespaces = new Set<string>();
  readonly #owners = new Set<string>();

  /** Names of the Namespaces that carry a label. */
  get namespaces(): ReadonlySet<string> {
    return this.#namespaces;
  }

  /** Adds a Namespace, where it carries a label. */
  addNamespace(name: string, object: JsonObject): void {
    if (isExcluded(object)) this.#namespaces.add(name);
  }

  /** Adds the uids of owners that carry a label. */
  addOwners(uids: Iterable<string>): void {
    for (const uid of uids) this.#owners.add(uid);
  }

  /** Whether an object of this uid carries a label, and leaves out what it has made. */
  isOwner(uid: string): boolean {
    return this.#owners.has(uid);
  }

  /** Whether a controller that carries a label has made an object. */
  hasExcludedController(object: JsonObject): boolean {
    if (this.#owners.size === 0) return false;
    return ownerReferencesOf(object).some(
      ({ controller, uid }) => controller === true && this.#owners.has(String(uid)),
    );
  }

  /** Whether a label leaves out an object that would be in a backup otherwise. */
  leaveOut(candidate: Candidate): boolean {
    const rule = leftOut(candidate);
    if (rule !== undefined) return rule === EXCLUDED;
    return (
      (candidate.namespace !== undefined && this.#namespaces.has(candidate.namespace)) ||
      this.hasExcludedController(candidate.object)
    );
  }
}
