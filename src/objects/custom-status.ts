import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import { parseApiVersion, type Resource } from "../kubernetes/resource.ts";
import { statusManagersOf } from "./field-managers.ts";

/**
 * How an object's `status` is stored: `derived` for built-in resources, whose status is not backed up;
 * `subresource` for custom resources with the status subresource, which writes of the object itself do not
 * change; `field` for other custom resources, whose status is an ordinary field.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#status-subresource
 *
 * @param apiVersion the apiVersion of the object.
 * @param statusVersions versions of the resource with the status subresource; undefined if unknown.
 */
export function classifyStatus(
  apiVersion: unknown,
  statusVersions: Resource["statusVersions"],
): "derived" | "subresource" | "field" {
  if (typeof apiVersion !== "string" || statusVersions === undefined) return "derived";
  const { group, version } = parseApiVersion(apiVersion);
  if (isBuiltIn(group)) return "derived";
  return statusVersions.includes(version) ? "subresource" : "field";
}

/** The status that an archive stores beside an object. Undefined without a status subresource or a status. */
export function customStatusOf(
  { statusVersions }: Pick<Resource, "statusVersions">,
  object: JsonObject,
): CustomStatus | undefined {
  const { apiVersion, status } = object;
  if (status === undefined || status === null) return undefined;
  if (classifyStatus(apiVersion, statusVersions) !== "subresource") return undefined;
  return { value: status, managers: statusManagersOf(object) };
}
