import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { ownerReferencesOf } from "../kubernetes/owners.ts";

/**
 * The fields of owner references in a record of field managers. The API server names each by the owner's
 * uid, which lives in one cluster only; an archive names it by apiVersion, kind and name.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */

/** A manager's fields as an archive keeps them; owner references that the object does not have are left out. */
export function withoutUids(fields: unknown, object: JsonObject): unknown {
  return renamed(fields, object, (reference) => [uidStep(reference), ownerStep(reference)]);
}

/** A manager's fields out of an archive, for an object of this cluster. */
export function withUids(fields: unknown, object: JsonObject): unknown {
  return renamed(fields, object, (reference) => [ownerStep(reference), uidStep(reference)]);
}

function renamed(
  fields: unknown,
  object: JsonObject,
  stepsOf: (reference: JsonObject) => [from: string, to: string],
): unknown {
  if (!isJsonObject(fields)) return fields;
  const metadata = fields["f:metadata"];
  const references = isJsonObject(metadata) ? metadata["f:ownerReferences"] : undefined;
  if (!isJsonObject(metadata) || !isJsonObject(references)) return fields;
  const names = new Map(ownerReferencesOf(object).map(stepsOf));
  const entries = Object.entries(references).flatMap(([step, below]): [string, unknown][] => {
    if (!step.startsWith("k:")) return [[step, below]];
    const name = names.get(step);
    return name === undefined ? [] : [[name, below]];
  });
  const { "f:ownerReferences": _, ...others } = metadata;
  const kept = entries.length > 0 ? { ...others, "f:ownerReferences": Object.fromEntries(entries) } : others;
  const { "f:metadata": __, ...rest } = fields;
  return Object.keys(kept).length > 0 ? { ...rest, "f:metadata": kept } : rest;
}

function uidStep({ uid }: JsonObject): string {
  return `k:${JSON.stringify({ uid })}`;
}

function ownerStep({ apiVersion, kind, name }: JsonObject): string {
  return `k:${JSON.stringify({ apiVersion, kind, name })}`;
}
