import type { JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import type { ObjectKey, Resource } from "../kubernetes/resource.ts";
import type { LabelMatcher } from "../selection/label-selector.ts";

/** Which objects a patch is for. What is undefined matches everything. */
export interface PatchTarget {
  group?: RegExp | undefined;
  version?: RegExp | undefined;
  kind?: RegExp | undefined;
  name?: RegExp | undefined;
  /** Of the backup. What is in no namespace has the empty name, and matches no namespace. */
  namespace?: RegExp | undefined;
  labels?: LabelMatcher | undefined;
}

/** The parts of a resource that a target looks at. */
export type TargetedResource = Pick<Resource, "group" | "version" | "kind">;

/** A pattern of a target, anchored at both ends as in kustomize. @throws {SyntaxError} where it is none. */
export function targetPattern(text: string): RegExp {
  return new RegExp(`^(?:${text})$`, "u");
}

/** Whether a target can match objects of a resource in a namespace, or in none. */
export function mayTarget(
  { group, version, kind, namespace: pattern }: PatchTarget,
  resource: TargetedResource,
  namespace: string | undefined,
): boolean {
  const fits = [
    [group, resource.group],
    [version, resource.version],
    [kind, resource.kind],
  ] as const;
  if (!fits.every(([pattern, text]) => pattern?.test(text) !== false)) return false;
  return pattern === undefined || (namespace !== undefined && pattern.test(namespace));
}

/** Whether a target matches an object. */
export function isTarget(
  target: PatchTarget,
  resource: TargetedResource,
  { namespace, name }: ObjectKey,
  object: JsonObject,
): boolean {
  if (!mayTarget(target, resource, namespace)) return false;
  if (target.name?.test(name) === false) return false;
  return target.labels?.(member(member(object, "metadata"), "labels")) !== false;
}
