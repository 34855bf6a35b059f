import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";

/**
 * Whether a client set a field: the API server records a field manager for the fields of a request, and none for what
 * it fills in itself, by allocation or by admission. Undefined where the object has no managed fields.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 *
 * @param path of the field, `["spec", "ipFamilies"]`. No member on the way may be a list.
 */
export function isClaimed(object: JsonObject, path: readonly string[]): boolean | undefined {
  const managed = items(member(object, "metadata"), "managedFields");
  if (managed.length === 0) return undefined;
  return managed.some(({ fieldsV1 }) => {
    let fields: unknown = fieldsV1;
    for (const name of path) fields = isJsonObject(fields) ? fields[`f:${name}`] : undefined;
    return fields !== undefined;
  });
}
