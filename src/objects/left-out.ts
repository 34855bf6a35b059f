/**
 * The rules of what a backup leaves out. The tables are in *-left-out.ts, each row with its reason.
 * docs/left-out.md documents the same tables, and a test compares the document with the code.
 */

import type { JsonObject } from "../kubernetes/json.ts";
import { type Candidate, groupOf } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { FIELDS_LEFT_OUT } from "./fields-left-out.ts";
import { type KeepsSystemObject, SYSTEM_NAMESPACE } from "./kept-system-objects.ts";
import { IN_KUBE_SYSTEM, type ObjectRule, rulesFor } from "./objects-left-out.ts";

/** What is kept although a rule would leave it out. */
export interface Keeps {
  /** Which objects of kube-system are kept; none by default. */
  keeps?: KeepsSystemObject | undefined;
  /** Whether objects are kept that have run, and would run again; not by default. */
  keepFinished?: boolean | undefined;
}

/** The rule that leaves an object out. Undefined for an object that is backed up. */
export function leftOut(
  candidate: Candidate,
  { keeps, keepFinished = false }: Keeps = {},
): ObjectRule | undefined {
  const isKept = (rule: ObjectRule) =>
    (rule === IN_KUBE_SYSTEM && candidate.namespace === SYSTEM_NAMESPACE && keeps?.(candidate) === true) ||
    (keepFinished && rule.counted === "finished");
  // Every object passes here: what is kept all the same is only asked where a rule applies.
  return rulesFor(candidate).find((rule) => rule.applies(candidate) && !isKept(rule));
}

/** Removes from an object, in place, the fields that are specific to this cluster. */
export function removeFields(resource: Pick<Resource, "kind" | "statusVersions">, object: JsonObject): void {
  const { kind } = resource;
  const group = groupOf(object);
  // Rules for one kind may need metadata that the rules for all kinds remove.
  for (const rule of FIELDS_LEFT_OUT) {
    if (rule.kind === kind && (rule.group ?? "") === group) rule.remove(object, resource);
  }
  for (const rule of FIELDS_LEFT_OUT) {
    if (rule.kind === undefined) rule.remove(object, resource);
  }
}
