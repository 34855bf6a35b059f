/** Single objects of the cluster, compared with the backup's. */

import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import { member } from "../../kubernetes/object-facts.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import { classifyStatus } from "../../objects/custom-status.ts";
import { leftOut, removeFields } from "../../objects/left-out.ts";

/** The portable form of a live object, also of one that backups leave out; the object itself stays whole. */
export function portableCopy(resource: Resource, live: JsonObject): JsonObject {
  // Raw numbers survive this copy, and do not survive structuredClone.
  const copy = parseJson(JSON.stringify(live)) as JsonObject;
  removeFields(resource, copy);
  return copy;
}

/**
 * The rule by which backups leave a live object out, so that a comparison counts it as gone; undefined where none does.
 *
 * @param keepFinished names of the resources of which the backup has finished objects.
 */
export function leftOutBy(
  resource: Resource,
  live: JsonObject,
  keepFinished: ReadonlySet<string>,
): string | undefined {
  const { namespace, name } = member(live, "metadata");
  const at = typeof namespace === "string" ? namespace : undefined;
  const statusIsApart = classifyStatus(live["apiVersion"], resource.statusVersions) !== "field";
  const candidate = { kind: resource.kind, namespace: at, name: String(name), object: live, statusIsApart };
  const kept = { keeps: () => true, keepFinished: keepFinished.has(resourceName(resource)) };
  return leftOut(candidate, kept)?.what;
}

/** Whether two objects are equal, the order of keys aside. */
export function isEqualText(object: JsonObject, text: string): boolean {
  return jsonEqual(object, parseJson(text));
}
