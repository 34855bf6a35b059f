import { isJsonObject, type JsonObject } from "./json.ts";

/** An owner reference as an archive keeps it: by kind and name, for a uid lives in one cluster only. */
export interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The owners that an object names, without their uids. */
export function ownersOf(object: JsonObject): Owner[] {
  const metadata = object["metadata"];
  const references = isJsonObject(metadata) ? metadata["ownerReferences"] : undefined;
  if (!Array.isArray(references)) return [];
  return references.filter(isJsonObject).map((reference) => ({
    apiVersion: String(reference["apiVersion"]),
    kind: String(reference["kind"]),
    name: String(reference["name"]),
    ...(typeof reference["controller"] === "boolean" ? { controller: reference["controller"] } : {}),
    ...(typeof reference["blockOwnerDeletion"] === "boolean"
      ? { blockOwnerDeletion: reference["blockOwnerDeletion"] }
      : {}),
  }));
}
