import type { JsonObject } from "../../kubernetes/json.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { isAdopter } from "../../objects/adopters.ts";
import {
  hasArchivedOwners,
  type OwnersAfterUpdate,
  ownersAfterUpdate,
  referencesOf,
} from "../owners/owners-after-update.ts";
import type { ObjectToRestore } from "./object-to-restore.ts";
import type { ResourceTarget } from "./restore-context.ts";

/**
 * The owner references that an update gives an object. Those of an object whose owners come later stay until then.
 * A dry run looks for the owners here, since no object waits for its owners then.
 */
export async function ownersOfUpdate(
  { context, resource }: ResourceTarget,
  { object, live }: { object: ObjectToRestore; live: JsonObject },
  signal: AbortSignal,
): Promise<OwnersAfterUpdate> {
  const { key, owners, archivedOwners: archived, ownersLater = false } = object;
  if (ownersLater) return { references: referencesOf(live), changed: false, reason: undefined };
  const name = resourceName(resource);
  if (context.writer.stores || hasArchivedOwners(live, archived))
    return ownersAfterUpdate(live, { resource: name, archived, found: owners });
  const found: OwnerReference[] = [];
  for (const owner of archived) {
    if (isAdopter(name, owner)) continue;
    const reference = await context.ownerUids.find(owner, key.namespace, signal);
    if (reference !== undefined) found.push(reference);
  }
  return ownersAfterUpdate(live, { resource: name, archived, found });
}
