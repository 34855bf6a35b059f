/** Objects that are in the cluster and not in a backup: found, and deleted where the user asks for that. */

import type { Archive } from "../archive/reader.ts";
import { discoverResources } from "../cluster/discovery.ts";
import { listInNamespaces } from "../cluster/lists/list-in-namespaces.ts";
import { deleteObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { OutOfOrderError } from "../kubernetes/object-order.ts";
import { hasController } from "../kubernetes/owners.ts";
import { inVersion, type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";
import { candidateOf } from "../objects/excluded.ts";
import type { IsOwn } from "../objects/own-objects.ts";
import { portable } from "../objects/portable.ts";
import { textMembers } from "../objects/text-members.ts";
import { readOwnObjects } from "../program/read-own-objects.ts";
import type { Selection } from "../selection/selection.ts";
import { concurrently } from "./concurrency/concurrently.ts";
import { readExcludedNamespaces } from "./live/excluded-namespaces.ts";
import { reasonOfOne } from "./object/restore-object.ts";
import { type ArchivedKeys, ArchivedKeysInOrder, readArchivedKeys } from "./source/archived-keys.ts";

/** Deletions in flight. */
const IN_FLIGHT = { limit: 8 };

/** Namespaced resources that are never pruned: the data of a PVC's volume would go with the PVC, and no backup holds the data. */
const NEVER_DELETED: readonly string[] = ["persistentvolumeclaims"];

/** An object that the backup lacks, in the state in which the object was found. */
export interface ExtraObject extends ObjectKey {
  resource: Resource;
  uid: string;
  resourceVersion: string;
}

/** Where to look for extra objects, and what to compare with. */
export interface ExtraObjectsOptions {
  client: ApiClient;
  archive: Archive;
  /** The selection, by names of the backup. */
  selection: Selection;
  /** The namespaces in which to look, by names of the backup. */
  namespaces: ReadonlySet<string>;
  /** The namespace of the program, whose own objects stay; kube-system by default. */
  programNamespace?: string | undefined;
  /** Namespaces of the backup, and their names in the cluster. */
  namespaceMapping: ReadonlyMap<string, string>;
}

/**
 * Finds the selected objects that are in the cluster and not in the backup, in namespaces of the backup and of kinds
 * that the backup holds. Never found are objects that are cluster-scoped, that backups leave out, the program's own, that a controller
 * owns (garbage collection deletes them with their owner), that a label leaves out, or that hold data (PVCs); nor
 * objects of a kind that the backup could not read to the end.
 */
export async function findExtraObjects(
  options: ExtraObjectsOptions,
  signal: AbortSignal,
): Promise<ExtraObject[]> {
  const { client, archive, selection } = options;
  const served = await discoverResources(client, signal);
  const isOwn = await readOwnObjects(client, options.programNamespace, signal);
  const names = [...options.namespaces].map((name) => options.namespaceMapping.get(name) ?? name);
  const excluded = await readExcludedNamespaces(client, { part: !selection.whole, names }, signal);
  const home = new Map(
    [...options.namespaces]
      .map((name): [string, string] => [options.namespaceMapping.get(name) ?? name, name])
      .filter(([name]) => !excluded.has(name)),
  );
  // A kind that could not be read to the end is incomplete in the backup: an object that the backup lacks need not be extra.
  const incomplete = new Set(archive.manifest.missing.map(({ resource }) => resource));
  const extras: ExtraObject[] = [];
  for (const archived of archive.manifest.resources) {
    const name = resourceName(archived);
    const current = served.find((each) => resourceName(each) === name);
    const resource = current === undefined ? undefined : inVersion(current, archived.version);
    if (resource === undefined || incomplete.has(name) || !mayBePruned(archived)) continue;
    if (!selection.resource(archived)) continue;
    const judgement = { resource, archived, home, selection, isOwn };
    for (const extra of await extrasOf(options, judgement, signal)) extras.push(extra);
  }
  return extras;
}

/**
 * The extra objects of one resource: the list of the cluster is walked beside the archive, which comes in the same order.
 * Where either comes in another order, all names of the archive are read first.
 */
async function extrasOf(
  { client, archive, namespaces, namespaceMapping }: ExtraObjectsOptions,
  judgement: Omit<Judgement, "kept">,
  signal: AbortSignal,
): Promise<ExtraObject[]> {
  const { resource, archived, home } = judgement;
  const keys = { archive, resource: resourceName(archived), namespaces, namespaceMapping };
  const list = async (kept: ArchivedKeys, { anyOrder }: { anyOrder: boolean }) => {
    const where = { namespaces: new Set(home.keys()), asText: textMembers(resource), anyOrder };
    const extras: ExtraObject[] = [];
    for await (using page of listInNamespaces(client, resource, where, signal)) {
      for (const item of page.items) {
        const extra = await judge(item, { ...judgement, kept });
        if (extra !== undefined) extras.push(extra);
      }
    }
    return extras;
  };
  const inOrder = new ArchivedKeysInOrder(keys, signal);
  try {
    const extras = await list(inOrder, { anyOrder: false });
    await inOrder.finish();
    return extras;
  } catch (error) {
    if (!(error instanceof OutOfOrderError)) throw error;
  } finally {
    await inOrder.close();
  }
  return await list(await readArchivedKeys(keys, signal), { anyOrder: true });
}

/** Whether objects of a resource may be pruned. */
function mayBePruned(resource: Resource): boolean {
  return resource.namespaced && !NEVER_DELETED.includes(resourceName(resource));
}

interface Judgement {
  resource: Resource;
  /** The resource as the backup has it. */
  archived: Resource;
  /** The backup's names of the namespaces that are looked at, by their names in the cluster. */
  home: ReadonlyMap<string, string>;
  selection: Selection;
  isOwn: IsOwn;
  /** All objects of the resource in the backup: an object that a label selector leaves out is not extra. */
  kept: ArchivedKeys;
}

/** The object as an extra object, or undefined where the object stays. */
async function judge(
  item: JsonObject,
  { resource, archived, home, selection, isOwn, kept }: Judgement,
): Promise<ExtraObject | undefined> {
  const metadata = item["metadata"];
  if (!isJsonObject(metadata) || hasController(item)) return undefined;
  const { uid, resourceVersion, name, namespace } = metadata;
  if (typeof namespace !== "string" || typeof name !== "string") return undefined;
  const source = home.get(namespace);
  if (source === undefined || (await kept.has({ namespace, name }))) return undefined;
  if (!selection.object(archived, { metadata: { ...metadata, namespace: source } })) return undefined;
  if (isOwn(candidateOf(resource.kind, item))) return undefined;
  // Last, since this removes fields from the object.
  if (portable(resource, item) === undefined) return undefined;
  return { resource, namespace, name, uid: String(uid), resourceVersion: String(resourceVersion) };
}

/** An object that was to be deleted, with the reason where the deletion failed. */
interface Deletion extends ExtraObject {
  reason?: string;
}

/** What the deletion of extra objects needs. */
export interface DeleteExtraObjectsOptions {
  client: ApiClient;
  extras: readonly ExtraObject[];
  /** Whether the API server is only asked. */
  dryRun: boolean;
  /** Called with each object. */
  onDeletion: (deletion: Deletion) => void;
}

/**
 * Deletes objects. Preconditions hold each deletion to the object that was found, unchanged since.
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
      // Dependents are deleted too, as with kubectl delete.
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
