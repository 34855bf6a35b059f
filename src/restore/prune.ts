/** What is in the cluster and not in a backup: found, and deleted where somebody has asked for it. */

import type { Archive } from "../archive/reader.ts";
import { discoverResources } from "../cluster/discovery.ts";
import { listPages } from "../cluster/lists/list.ts";
import { deleteObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { hasController } from "../kubernetes/owners.ts";
import { type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";
import { portable } from "../objects/portable.ts";
import type { Selection } from "../selection/selection.ts";
import { concurrently } from "./concurrency/concurrently.ts";
import { reasonOfOne } from "./object/restore-object.ts";

/** Deletions in flight. */
const IN_FLIGHT = { limit: 8 };

/** Namespaced, and yet never deleted: with a claim goes its volume's data, which no backup holds. */
const NEVER_DELETED: readonly string[] = ["persistentvolumeclaims"];

/** An object that the backup does not hold, as it was when it was found. */
export interface ExtraObject extends ObjectKey {
  resource: Resource;
  uid: string;
  resourceVersion: string;
}

/** Where to look, and what to compare with. */
export interface ExtraObjectsOptions {
  client: ApiClient;
  archive: Archive;
  /** What is asked for, by names of the backup. */
  selection: Selection;
  /** The backup's namespaces in which to look. */
  namespaces: ReadonlySet<string>;
  /** Names of namespaces in the backup, and the names that they have in the cluster. */
  namespaceMapping: ReadonlyMap<string, string>;
}

/**
 * Finds the objects that are in the cluster and not in the backup: in namespaces of the backup, of kinds
 * that the backup holds, all of them asked for. Nothing is found that is cluster-scoped, that backups
 * leave out, that a controller owns (its owner takes it along), or that holds data (volume claims); nor
 * of a kind that the backup could not read to its end.
 */
export async function findExtraObjects(
  options: ExtraObjectsOptions,
  signal: AbortSignal,
): Promise<ExtraObject[]> {
  const { client, archive, selection } = options;
  const served = await discoverResources(client, signal);
  const home = new Map(
    [...options.namespaces].map((name) => [options.namespaceMapping.get(name) ?? name, name]),
  );
  // What could not be read to its end is not all there: what the backup lacks of it may not be extra.
  const incomplete = new Set(archive.manifest.missing.map(({ resource }) => resource));
  const extras: ExtraObject[] = [];
  for (const archived of archive.manifest.resources) {
    const name = resourceName(archived);
    const resource = served.find((each) => resourceName(each) === name);
    if (resource === undefined || incomplete.has(name) || !mayBePruned(archived)) continue;
    if (!selection.resource(archived)) continue;
    const kept = await readKept(options, name, signal);
    for await (const page of listPages(client, resource, {}, signal)) {
      for (const item of page.items) {
        const extra = judge(item, { resource, archived, home, selection, kept });
        if (extra !== undefined) extras.push(extra);
      }
    }
  }
  return extras;
}

/** Whether objects of a resource may be deleted for not being in a backup. */
export function mayBePruned(resource: Resource): boolean {
  return resource.namespaced && !NEVER_DELETED.includes(resourceName(resource));
}

interface Judgement {
  resource: Resource;
  /** The resource as the backup knows it. */
  archived: Resource;
  /** The names in the backup of the cluster's namespaces that are looked at. */
  home: ReadonlyMap<string, string>;
  selection: Selection;
  /** Keys of what the backup holds, with the cluster's names. */
  kept: ReadonlySet<string>;
}

/** An object as extra, or undefined where it stays. */
function judge(
  item: JsonObject,
  { resource, archived, home, selection, kept }: Judgement,
): ExtraObject | undefined {
  const metadata = item["metadata"];
  if (!isJsonObject(metadata) || hasController(item)) return undefined;
  const { uid, resourceVersion, name, namespace } = metadata;
  if (typeof namespace !== "string" || typeof name !== "string") return undefined;
  const source = home.get(namespace);
  if (source === undefined || kept.has(`${namespace}/${name}`)) return undefined;
  if (!selection.object(archived, { metadata: { ...metadata, namespace: source } })) return undefined;
  // Last, for it takes fields out of the object.
  if (portable(resource, item) === undefined) return undefined;
  return { resource, namespace, name, uid: String(uid), resourceVersion: String(resourceVersion) };
}

/** Keys of what the backup holds of a resource: all of it, for what a label selector passes over is no extra. */
async function readKept(
  { archive, namespaces, namespaceMapping }: ExtraObjectsOptions,
  name: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const file of archive.manifest.files) {
    if (file.content !== "objects" || file.resource !== name || file.namespace === undefined) continue;
    if (!namespaces.has(file.namespace)) continue;
    const namespace = namespaceMapping.get(file.namespace) ?? file.namespace;
    for await (const text of archive.objects(file, signal)) {
      kept.add(`${namespace}/${(JSON.parse(text) as { metadata: { name: string } }).metadata.name}`);
    }
  }
  return kept;
}

/** What became of an object that was to be deleted; `reason` where it could not be. */
export interface Deletion extends ExtraObject {
  reason?: string;
}

/** How objects are deleted. */
export interface DeleteExtraObjectsOptions {
  client: ApiClient;
  extras: readonly ExtraObject[];
  /** Whether the server is only asked. */
  dryRun: boolean;
  /** Told of each. */
  onDeletion: (deletion: Deletion) => void;
}

/**
 * Deletes objects, each only while it is the very one that was found, unchanged since.
 *
 * @throws what concerns more than one object: a broken connection, refused credentials.
 */
export async function deleteExtraObjects(
  { client, extras, dryRun, onDeletion }: DeleteExtraObjectsOptions,
  signal: AbortSignal,
): Promise<void> {
  const deleteOne = async (extra: ExtraObject) => {
    const { resource, namespace, name, uid, resourceVersion } = extra;
    const preconditions = { uid, resourceVersion };
    try {
      // What it owns goes with it, as with kubectl delete.
      const propagation = "Background";
      await deleteObject(
        client,
        { resource, key: { namespace, name }, preconditions, propagation, dryRun },
        signal,
      );
      onDeletion(extra);
    } catch (error) {
      const changed = error instanceof ApiError && error.status === 409;
      const reason = changed
        ? "it has changed since it was found: run the command again"
        : reasonOfOne(error);
      onDeletion({ ...extra, reason });
    }
  };
  await concurrently(each(extras), IN_FLIGHT, deleteOne);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
