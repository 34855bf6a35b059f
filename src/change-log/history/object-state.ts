import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** What is kept beside an object. */
export interface KeptBeside {
  owners: readonly Owner[] | undefined;
  /** Undefined where no status is kept. */
  status: unknown;
}

/** The object as people see it: with its owners and its status in their places. */
export function stateWith(object: JsonObject, { owners = [], status }: KeptBeside): JsonObject {
  const metadata = object["metadata"];
  const owned =
    owners.length > 0 && isJsonObject(metadata)
      ? { metadata: { ...metadata, ownerReferences: owners } }
      : undefined;
  return { ...object, ...owned, ...(status === undefined ? {} : { status }) };
}

/** What every object of its kind and name has, to compare an object with that was just created. */
export function bareState({ apiVersion, kind, metadata }: JsonObject): JsonObject {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  return {
    ...{ apiVersion, kind },
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
}
