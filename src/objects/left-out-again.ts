import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { removeFields } from "./left-out.ts";

/**
 * Removes from an object of a backup, in place, the fields that backups leave out and that somebody has written into it
 * since: a status, a uid, the node of a Pod. What is left out only where no client claims it stays: the backup has kept
 * it for that, or somebody wants it now.
 */
export function removeFieldsAgain(
  resource: Pick<Resource, "kind" | "statusVersions">,
  object: JsonObject,
): void {
  const metadata = member(object, "metadata");
  const claims = claimsOf(object);
  metadata["managedFields"] = [{ manager: "kube-backup", fieldsV1: claims }];
  removeFields(resource, object);
}

/** The fields of a value as a field manager has them that set all of them. */
function claimsOf(value: unknown): JsonObject {
  if (Array.isArray(value)) return Object.fromEntries(value.filter(isJsonObject).flatMap(claimOfPort));
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [`f:${name}`, claimsOf(each)]));
}

/** The ports of a Service are the only items of lists whose claims matter. */
function claimOfPort(item: JsonObject): [string, JsonObject][] {
  const { port, protocol } = item;
  return port === undefined ? [] : [[`k:${JSON.stringify({ port, protocol })}`, claimsOf(item)]];
}
