import { createObject, FIELD_MANAGER } from "../../cluster/objects.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { describeOverwritten, overwrittenFields } from "../field-managers/overwritten-fields.ts";
import { deleteAndCreate, deletesUnchanged } from "./delete-and-create.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import type { RestoreResult } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";
import { withoutOwnAllocations } from "./service-allocations.ts";
import type { Overwrite } from "./update-object.ts";

/** What goes with an object of these kinds when the object is deleted: a restore never does that. */
const NEVER_DELETED: Readonly<Record<string, string>> = {
  Namespace: "all that is in it",
  CustomResourceDefinition: "all objects of its kind",
  PersistentVolumeClaim: "its data",
  PersistentVolume: "its data",
};

/** An object that cannot be updated. */
export interface RefusedUpdate extends Overwrite {
  /** Why the API server does not take the update. */
  refusal: string;
  policy: ExistingPolicy;
}

/**
 * Deletes an object with immutable fields and creates the backup's, where the policy says so. What the object
 * owned stays, as orphans. Before, the API server is asked whether it would take the backup's object: the API
 * server judges what is to be created before it looks whether an object of that name exists.
 */
export async function replaceObject(
  target: ResourceTarget,
  { object, live, wanted, body, refusal, policy }: RefusedUpdate,
  signal: AbortSignal,
): Promise<RestoreResult | "changed meanwhile" | "replaced meanwhile"> {
  const { resource, context } = target;
  const { key } = object;
  const lost = NEVER_DELETED[resource.kind];
  if (lost !== undefined) {
    return {
      outcome: "failed",
      reason: `${refusal}; a restore never deletes a ${resource.kind}, since ${lost} would go with it: delete it by hand and restore again`,
    };
  }
  const proof = JSON.stringify(withoutOwnAllocations(resource.kind, live, wanted));
  try {
    const asked = await createObject(context.client, { resource, key, body: proof, dryRun: true }, signal);
    if (asked.created) return "changed meanwhile";
  } catch (error) {
    if (!(error instanceof ApiError) || error.concernsEveryRequest || error.waitsFor !== undefined)
      throw error;
    // The refusal does not depend on the live object: the backup's object itself is refused.
    return {
      outcome: "failed",
      reason: refusal === error.said ? refusal : `${refusal}; and as a new one: ${error.said}`,
    };
  }
  if (policy === "update") {
    return { outcome: "failed", reason: `${refusal}; --existing replace would delete and create it again` };
  }
  const reason = describeOverwritten(overwrittenFields(live, body, FIELD_MANAGER));
  if (!context.writer.stores) {
    const deleted = await deletesUnchanged(target, { key, live }, signal);
    return deleted ? { outcome: "replaced", reason } : "changed meanwhile";
  }
  signal.throwIfAborted();
  return (await deleteAndCreate(target, { object, live })) ?? { outcome: "replaced", reason };
}
