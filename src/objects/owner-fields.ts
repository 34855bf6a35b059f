import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { ownerReferencesOf } from "../kubernetes/owners.ts";

/**
 * The keys of owner references in managed fields. The API server identifies an owner reference by the owner's
 * uid, which is specific to one cluster. An archive identifies it by apiVersion, kind and name.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */

/** Converts managed fields for an archive. Owner references that the object lacks are left out. */
export function withoutUids(fields: unknown, object: JsonObject): unknown {
  return replaceKeys(fields, object, (reference) => [uidKey(reference), ownerKey(reference)]);
}

/** Converts managed fields of an archive for an object of this cluster. */
export function withUids(fields: unknown, object: JsonObject): unknown {
  return replaceKeys(fields, object, (reference) => [ownerKey(reference), uidKey(reference)]);
}

function replaceKeys(
  fields: unknown,
  object: JsonObject,
  keysOf: (reference: JsonObject) => [from: string, to: string],
): unknown {
  if (!isJsonObject(fields)) return fields;
  const metadata = fields["f:metadata"];
  const references = isJsonObject(metadata) ? metadata["f:ownerReferences"] : undefined;
  if (!isJsonObject(metadata) || !isJsonObject(references)) return fields;
  const replacements = new Map(ownerReferencesOf(object).map(keysOf));
  const entries = Object.entries(references).flatMap(([key, nested]): [string, unknown][] => {
    if (!key.startsWith("k:")) return [[key, nested]];
    const replacement = replacements.get(key);
    return replacement === undefined ? [] : [[replacement, nested]];
  });
  const { "f:ownerReferences": _, ...others } = metadata;
  const kept = entries.length > 0 ? { ...others, "f:ownerReferences": Object.fromEntries(entries) } : others;
  const { "f:metadata": __, ...rest } = fields;
  return Object.keys(kept).length > 0 ? { ...rest, "f:metadata": kept } : rest;
}

function uidKey({ uid }: JsonObject): string {
  return `k:${JSON.stringify({ uid })}`;
}

function ownerKey({ apiVersion, kind, name }: JsonObject): string {
  return `k:${JSON.stringify({ apiVersion, kind, name })}`;
}
