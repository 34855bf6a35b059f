import { isJsonObject, parseJson } from "../cluster/json.ts";
import { createObject } from "../cluster/objects.ts";
import { type ObjectKey, objectTitle } from "../cluster/resource.ts";
import type { OwnerReference } from "./owner-references.ts";
import type { ObjectToRestore, RestoreTarget } from "./restore-target.ts";

/** Creates an object; returns false where there is one of its name. */
export async function createIt(
  { client, resource, report, dryRun }: RestoreTarget,
  { key, text, owners }: ObjectToRestore,
  signal: AbortSignal,
): Promise<boolean> {
  if (dryRun === "client") return true;
  const body = withOwners(text, owners);
  const write = { resource, key, body, dryRun: dryRun === "server" };
  const { created, unknownFields } = await createObject(client, write, signal);
  if (created) noteUnknownFields({ resource, report }, key, unknownFields);
  return created;
}

/** Tells of fields that the API server left out. */
export function noteUnknownFields(
  { resource, report }: Pick<RestoreTarget, "resource" | "report">,
  key: ObjectKey,
  unknownFields: readonly string[],
): void {
  if (unknownFields.length === 0) return;
  report.notes.push(
    `${objectTitle(resource.kind, key)} came back without fields that this API server does not know: ${unknownFields.join(", ")}`,
  );
}

function withOwners(text: string, owners: readonly OwnerReference[]): string {
  if (owners.length === 0) return text;
  const object = parseJson(text);
  if (isJsonObject(object) && isJsonObject(object["metadata"]))
    object["metadata"]["ownerReferences"] = owners;
  return JSON.stringify(object);
}
