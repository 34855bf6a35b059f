import { type Creation, createObject, type Write } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import { type ObjectKey, objectTitle } from "../../kubernetes/resource.ts";
import { soleManager } from "../field-managers/field-managers.ts";
import { finishObject } from "./finish-object.ts";
import { describeRefused, type RefusedNodePort, refusedNodePorts, withoutNodePorts } from "./node-ports.ts";
import type { ObjectToRestore, RestoreTarget, Settled } from "./target.ts";

/**
 * Creates an object, whose fields then belong to whom they belonged in the backup; returns undefined where
 * there is one of its name.
 */
export async function createIt(
  target: RestoreTarget,
  { key, text, owners, managers, status }: ObjectToRestore,
  signal: AbortSignal,
): Promise<Settled | undefined> {
  const { resource, report, dryRun, retryInternalErrors } = target;
  if (dryRun === "client") return { outcome: "created" };
  const body = withOwners(text, owners);
  const fieldManager = soleManager(managers);
  const write = { resource, key, body, fieldManager, retryInternalErrors, dryRun: dryRun === "server" };
  const { created, unknownFields, text: answer = "{}", refused } = await create(target, write, signal);
  if (!created) return undefined;
  noteUnknownFields({ resource, report }, key, unknownFields);
  const reason = describeRefused(refused);
  if (reason !== undefined) report.notes.push(`${objectTitle(resource.kind, key)}: ${reason}`);
  const handedBack = fieldManager === undefined ? managers : undefined;
  await finishObject(target, { key, status }, { text: answer, managers: handedBack }, signal);
  return { outcome: "created", reason };
}

/** Creates an object; of a Service, node ports that this cluster cannot give are left to it. */
async function create(
  { client, resource }: RestoreTarget,
  write: Write,
  signal: AbortSignal,
): Promise<Creation & { refused: RefusedNodePort[] }> {
  const refused: RefusedNodePort[] = [];
  for (let body = write.body; ; ) {
    try {
      return { ...(await createObject(client, { ...write, body }, signal)), refused };
    } catch (error) {
      const ports = error instanceof ApiError ? refusedNodePorts(resource, error.said) : [];
      const without = withoutNodePorts(body, ports);
      if (without === undefined) throw error;
      // It may find the next one only when this one is gone.
      refused.push(...ports);
      body = without;
    }
  }
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
