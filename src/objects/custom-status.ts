import { isBuiltIn } from "../kubernetes/built-in-groups.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import { parseApiVersion, type Resource } from "../kubernetes/resource.ts";
import { statusManagersOf } from "./field-managers.ts";

/**
 * What `status` is to an object: `derived` in what the API server itself serves, of which nothing is kept;
 * a `subresource` of a custom resource, which no write of the object itself touches; and where a custom
 * resource has no such subresource, a `field` like any other.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#status-subresource
 *
 * @param apiVersion in which the object is written.
 * @param statusVersions versions in which the resource has the subresource; undefined where nobody knows.
 */
export function sortOfStatus(
  apiVersion: unknown,
  statusVersions: Resource["statusVersions"],
): "derived" | "subresource" | "field" {
  if (typeof apiVersion !== "string" || statusVersions === undefined) return "derived";
  const { group, version } = parseApiVersion(apiVersion);
  if (isBuiltIn(group)) return "derived";
  return statusVersions.includes(version) ? "subresource" : "field";
}

/** The status that an archive keeps beside an object, or undefined where there is none such. */
export function customStatusOf(
  { statusVersions }: Pick<Resource, "statusVersions">,
  object: JsonObject,
): CustomStatus | undefined {
  const { apiVersion, status } = object;
  if (status === undefined || status === null) return undefined;
  if (sortOfStatus(apiVersion, statusVersions) !== "subresource") return undefined;
  return { value: status, managers: statusManagersOf(object) };
}
