import { isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { apiVersion, type Resource, resourceName } from "../kubernetes/resource.ts";
import type { ComparedObject } from "./compared-side.ts";
import type { Change, FieldDifference, ObjectDifference } from "./document.ts";
import { objectChangesOf, shownObject } from "./object-changes.ts";

/** A difference, with the owners that may have caused it. */
export interface DifferenceWithOwners extends ObjectDifference {
  /** The owners of the object on both sides. */
  owners: readonly Owner[];
  /** Both states aggregate others, as ClusterRoles may. */
  aggregates?: boolean;
}

/**
 * How two states of an object differ; undefined where the texts differ and the objects are equal, since the order of keys
 * may differ.
 *
 * @param sameVersion whether both are of the same version. Otherwise, `apiVersion` is not compared.
 */
export function differenceOf(
  resource: Resource,
  [left, right]: readonly [ComparedObject, ComparedObject],
  { sameVersion }: { sameVersion: boolean },
): DifferenceWithOwners | undefined {
  const states = [stateOf(left, sameVersion), stateOf(right, sameVersion)] as const;
  const fields = objectChangesOf(resource, ...states);
  const aggregates = states.every((state) => isJsonObject(state["aggregationRule"]));
  return fields.length === 0 ? undefined : { ...changed(resource, [left, right], fields), aggregates };
}

/** The object with its owners in `metadata.ownerReferences`. */
export function stateOf({ text, owners }: ComparedObject, sameVersion: boolean): JsonObject {
  const object = parseJson(text) as JsonObject;
  if (!sameVersion) delete object["apiVersion"];
  const metadata = object["metadata"];
  if (owners.length > 0 && isJsonObject(metadata)) metadata["ownerReferences"] = owners;
  return object;
}

/** An object that one side lacks. */
export function onOneSide(change: Change, resource: Resource, object: ComparedObject): DifferenceWithOwners {
  return {
    ...identityOf(resource, object),
    change,
    fields: [],
    object: shownObject(resource, stateOf(object, true)),
    owners: object.owners,
  };
}

function changed(
  resource: Resource,
  [left, right]: readonly [ComparedObject, ComparedObject],
  fields: FieldDifference[],
): DifferenceWithOwners {
  return {
    ...identityOf(resource, left),
    change: "changed",
    fields,
    owners: [...left.owners, ...right.owners],
  };
}

function identityOf(
  resource: Resource,
  { namespace, name }: ComparedObject,
): Pick<ObjectDifference, "apiVersion" | "kind" | "resource" | "namespace" | "name"> {
  return {
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    resource: resourceName(resource),
    namespace: namespace ?? null,
    name,
  };
}
