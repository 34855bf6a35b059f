import { type GroupResource, resourceName } from "../kubernetes/resource.ts";

/** Into what no rule looks, and what most of a large cluster is. */
const TEXT_MEMBERS = new Map<string, readonly string[]>([
  ["configmaps", ["data", "binaryData"]],
  ["secrets", ["data"]],
]);

/** Members of a resource's objects that may stay text on their way: no rule of what is left out looks into them. */
export function textMembers(resource: GroupResource): readonly string[] {
  return TEXT_MEMBERS.get(resourceName(resource)) ?? [];
}
