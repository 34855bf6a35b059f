import type { Creation } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import { type ObjectKey, objectTitle } from "../../kubernetes/resource.ts";
import { soleManager } from "../field-managers/managed-fields.ts";
import type { ObjectWrite, ObjectWriter } from "./cluster-writer.ts";
import { finishObject } from "./finish-object.ts";
import type { ObjectToRestore, RestoreResult } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";
import {
  describeRefused,
  type RefusedAllocation,
  refusedAllocations,
  withoutRefused,
} from "./service-allocations.ts";

/**
 * Creates an object, with the field managers of the backup.
 *
 * @param writer the restore's own by default.
 * @returns undefined where an object of its name exists.
 */
export async function createFromBackup(
  target: ResourceTarget,
  { key, text, owners, managers, status, ownersLater = false }: ObjectToRestore,
  signal: AbortSignal,
  writer: ObjectWriter = target.context.writer,
): Promise<RestoreResult | undefined> {
  const { context, resource } = target;
  // Under the name of kube-backup, so that a later run knows an object whose owner references are still to be written.
  const fieldManager = ownersLater ? undefined : soleManager(managers);
  const write = { resource, key, body: withOwners(text, owners), fieldManager };
  const { created, unknownFields, text: answer = "{}", refused } = await create(writer, write, signal);
  if (!created) return undefined;
  noteUnknownFields(target, key, unknownFields);
  const reason = describeRefused(refused);
  if (reason !== undefined) context.report.notes.push(`${objectTitle(resource.kind, key)}: ${reason}`);
  if (ownersLater) return { outcome: "created", reason };
  const recorded = fieldManager === undefined ? managers : undefined;
  await finishObject(target, { key, status }, { text: answer, managers: recorded }, signal);
  return { outcome: "created", reason };
}

/** Creates an object. The API server chooses other ports, addresses or IP families of a Service where it refuses those of the backup. */
async function create(
  writer: ObjectWriter,
  write: ObjectWrite,
  signal: AbortSignal,
): Promise<Creation & { refused: RefusedAllocation[] }> {
  const refused: RefusedAllocation[] = [];
  for (let body = write.body; ; ) {
    try {
      return { ...(await writer.create({ ...write, body }, signal)), refused };
    } catch (error) {
      const found = error instanceof ApiError ? refusedAllocations(write.resource, error.said) : [];
      const without = withoutRefused(body, found);
      if (without === undefined) throw error;
      // The API server may see the next refused value only once this one is gone.
      refused.push(...found);
      body = without;
    }
  }
}

/** Reports fields that the API server does not know and has left out. */
export function noteUnknownFields(
  { context, resource }: ResourceTarget,
  key: ObjectKey,
  unknownFields: readonly string[],
): void {
  if (unknownFields.length === 0) return;
  context.report.notes.push(
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
