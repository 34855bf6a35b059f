import { type GroupResource, resourceName } from "../kubernetes/resource.ts";

/** Members that no rule reads, and that are most of the bytes of a large cluster. */
const TEXT_MEMBERS = new Map<string, readonly string[]>([
  ["configmaps", ["data", "binaryData"]],
  ["secrets", ["data"]],
]);

/** Members of a resource's objects that need not be parsed: no rule of what is left out reads them. */
export function textMembers(resource: GroupResource): readonly string[] {
  return TEXT_MEMBERS.get(resourceName(resource)) ?? [];
}
