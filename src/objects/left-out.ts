/**
 * What a backup leaves out. The tables are in the files beside this one, each row with its reason;
 * docs/left-out.md is the same tables for people, and a test holds the two together.
 */

import type { JsonObject } from "../kubernetes/json.ts";
import { type Candidate, groupOf } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { FIELDS_LEFT_OUT } from "./fields-left-out.ts";
import { OBJECTS_LEFT_OUT } from "./objects-left-out.ts";

/** Why an object is left out: the rule's `what`, or undefined for one that is kept. */
export function leftOut(candidate: Candidate): string | undefined {
  return OBJECTS_LEFT_OUT.find((rule) => rule.applies(candidate))?.what;
}

/** Takes out of an object, in place, the fields that belong to this cluster alone. */
export function removeFields(resource: Pick<Resource, "kind" | "statusVersions">, object: JsonObject): void {
  const { kind } = resource;
  const group = groupOf(object);
  // Some rules go by the metadata that the rules for all kinds take away.
  for (const rule of FIELDS_LEFT_OUT) {
    if (rule.kind === kind && (rule.group ?? "") === group) rule.remove(object, resource);
  }
  for (const rule of FIELDS_LEFT_OUT) {
    if (rule.kind === undefined) rule.remove(object, resource);
  }
}
