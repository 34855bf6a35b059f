/** Workloads that a restore has paused: at 0 replicas, or suspended, with what they had in an annotation. */

import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { annotation, member } from "../kubernetes/object-facts.ts";
import type { Owner } from "../kubernetes/owners.ts";
import type { Resource } from "../kubernetes/resource.ts";

/** The annotation that holds what a paused object had. */
export const PAUSED = "kube-backup/paused";

/** What a paused object had. */
export type PausedValue = { replicas: number } | { suspend: boolean };

/** The field by which a kind is paused. */
type PauseField = "replicas" | "suspend";

/** The resources that are paused, in the order in which they are resumed. */
export const PAUSED_RESOURCES: readonly { resource: Resource; field: PauseField }[] = [
  { resource: namespaced("apps", "statefulsets", "StatefulSet"), field: "replicas" },
  { resource: namespaced("apps", "deployments", "Deployment"), field: "replicas" },
  { resource: namespaced("apps", "replicasets", "ReplicaSet"), field: "replicas" },
  { resource: namespaced("", "replicationcontrollers", "ReplicationController"), field: "replicas" },
  { resource: namespaced("batch", "jobs", "Job"), field: "suspend" },
  { resource: namespaced("batch", "cronjobs", "CronJob"), field: "suspend" },
];

/** Kinds that run Pods and cannot be paused. */
const NEVER_PAUSED: readonly string[] = ["/Pod", "apps/DaemonSet"];

function namespaced(group: string, resource: string, kind: string): Resource {
  return { group, version: "v1", resource, kind, namespaced: true };
}

function fieldOf({ group, kind }: Pick<Resource, "group" | "kind">): PauseField | undefined {
  return PAUSED_RESOURCES.find(({ resource }) => resource.group === group && resource.kind === kind)?.field;
}

/** What pausing does with objects of a kind. */
export function pausing(resource: Pick<Resource, "group" | "kind">): "paused" | "not paused" | "nothing" {
  if (fieldOf(resource) !== undefined) return "paused";
  return NEVER_PAUSED.includes(`${resource.group}/${resource.kind}`) ? "not paused" : "nothing";
}

/**
 * Pauses an object, in place. An object that rests already stays as it is, and so does the annotation of one that was
 * paused before. What a controller scales (a Deployment its ReplicaSets) needs no annotation: the controller does it again.
 *
 * @returns whether the object was changed.
 */
export function pauseObject(
  resource: Pick<Resource, "group" | "kind">,
  object: JsonObject,
  owners: readonly Owner[],
): boolean {
  const field = fieldOf(resource);
  const { metadata, spec } = object;
  if (field === undefined || !isJsonObject(spec) || !isJsonObject(metadata)) return false;
  const had = field === "replicas" ? (spec["replicas"] ?? 1) : (spec["suspend"] ?? false);
  const rest = field === "replicas" ? 0 : true;
  if (had === rest) return false;
  spec[field] = rest;
  if (field === "replicas" && isScaledByController(resource, owners)) return true;
  const annotations = isJsonObject(metadata["annotations"]) ? metadata["annotations"] : {};
  annotations[PAUSED] = JSON.stringify({ [field]: had });
  metadata["annotations"] = annotations;
  return true;
}

/** Whether the controller of an object says how many replicas it has, and not who writes the object. */
export function isScaledByController({ kind }: Pick<Resource, "kind">, owners: readonly Owner[]): boolean {
  return ["ReplicaSet", "ReplicationController"].includes(kind) && controllerOf(owners) !== undefined;
}

/** The controller of an object. */
export function controllerOf(owners: readonly Owner[]): Owner | undefined {
  return owners.find(({ controller }) => controller === true);
}

/** What a paused object had; "unreadable" where the annotation holds what this program does not write, undefined without one. */
export function pausedValueOf(
  resource: Pick<Resource, "group" | "kind">,
  object: JsonObject,
): PausedValue | "unreadable" | undefined {
  const text = annotation(object, PAUSED);
  if (text === undefined) return undefined;
  const field = fieldOf(resource);
  const value = field === undefined || typeof text !== "string" ? undefined : parsed(text)[field];
  if (field === "replicas" && Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31)
    return { replicas: Number(value) };
  if (field === "suspend" && typeof value === "boolean") return { suspend: value };
  return "unreadable";
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Whether an object with the annotation still rests; somebody may have started it by hand. */
export function isAtRest(value: PausedValue, object: JsonObject): boolean {
  const spec = member(object, "spec");
  return "replicas" in value ? spec["replicas"] === 0 : spec["suspend"] === true;
}
