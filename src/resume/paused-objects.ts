import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import { ownersOf } from "../kubernetes/owners.ts";
import { type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";
import {
  isScaledByController,
  PAUSED_RESOURCES,
  type PausedValue,
  pausedValueOf,
} from "../objects/paused.ts";

/** An object that a restore has paused, as the cluster has it. */
export interface PausedObject {
  resource: Resource;
  key: ObjectKey;
  object: JsonObject;
  /** What it had; undefined where its annotation says nothing that kube-backup writes. */
  had: PausedValue | undefined;
}

/**
 * Reads what is paused in a namespace.
 *
 * @returns the objects in the order in which they are started; the followers, which their controllers start, and to which
 * the Deployment controller has copied the annotation of its Deployment; and a sentence on each resource that this user may
 * not read, and whether that are all.
 */
export async function readPausedObjects(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<{ objects: PausedObject[]; followers: PausedObject[]; unread: string[]; nothingRead: boolean }> {
  const objects: PausedObject[] = [];
  const followers: PausedObject[] = [];
  const unread: string[] = [];
  for (const { resource } of PAUSED_RESOURCES) {
    try {
      for await (const each of readPaused(client, resource, namespace, signal)) {
        const follows = isScaledByController(resource, ownersOf(each.object));
        (follows ? followers : objects).push(each);
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.concernsEveryRequest) throw error;
      unread.push(`${resourceName(resource)} could not be read: ${error.said}`);
    }
  }
  return { objects, followers, unread, nothingRead: unread.length === PAUSED_RESOURCES.length };
}

async function* readPaused(
  client: ApiClient,
  resource: Resource,
  namespace: string,
  signal: AbortSignal,
): AsyncGenerator<PausedObject> {
  for await (const { items } of listPages(client, resource, { namespace }, signal)) {
    for (const object of items) {
      const value = pausedValueOf(resource, object);
      if (value === undefined) continue;
      yield { resource, key: keyOf(object), object, had: value === "unreadable" ? undefined : value };
    }
  }
}
