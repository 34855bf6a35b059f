import { discoverResources } from "../cluster/discovery.ts";
import { listPages } from "../cluster/lists/list.ts";
import { readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/metadata.ts";
import {
  inVersion,
  isNamespaces,
  NAMESPACES,
  type Resource,
  resourceName,
  type ServedResource,
} from "../kubernetes/resource.ts";
import { portable } from "../objects/portable.ts";
import { deadClaimOf, releaseCommand } from "../objects/released-volume.ts";
import { textMembers } from "../objects/text-members.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";

/** Options of {@link readClusterSide}. */
export interface ClusterSideOptions {
  client: ApiClient;
  /**
   * The namespaces to read, all by default. With namespaces, all lists are of one namespace: rights in
   * these namespaces are enough.
   */
  namespaces?: readonly string[] | undefined;
  /** Names of the resources of which finished objects are compared too. */
  keepFinished?: ReadonlySet<string> | undefined;
  now: () => Date;
}

/** A cluster as one side of a comparison: the objects that a backup taken now would contain. */
export async function readClusterSide(
  options: ClusterSideOptions,
  signal: AbortSignal,
): Promise<ComparedSide> {
  const { client, now } = options;
  const time = now().toISOString();
  const served = await discoverResources(client, signal);
  const namespaces = new Set<string>();
  const notes: string[] = [];
  const namespaceObjects: ComparedObject[] = [];
  const hidden = new Map<string, string>();
  for await (const item of readNamespaces(options, hidden, signal)) {
    const { name, deletionTimestamp } = item["metadata"] as { name: string; deletionTimestamp?: string };
    const object = portable(NAMESPACES, item);
    if (object !== undefined) {
      namespaces.add(object.name);
      namespaceObjects.push(object);
    } else if (deletionTimestamp !== undefined) {
      notes.push(`Namespace ${name} is being deleted: it counts as gone, and so does what is in it`);
    }
  }
  // Its objects can be compared without it.
  for (const name of hidden.keys()) namespaces.add(name);
  return {
    side: { kind: "cluster", name: client.context, time, server: client.server },
    resources: [],
    namespaces,
    missing: [...hidden.values()].slice(0, 1).map((reason) => ({ resource: NAMESPACES.resource, reason })),
    keepFinished: options.keepFinished ?? new Set(),
    notes,
    find: (resource) => findServed(served, resource),
    objects: (resource, wanted, signal) =>
      isNamespaces(resource)
        ? yieldAll(namespaceObjects)
        : readObjects(options, { resource, namespaces, wanted, notes }, signal),
  };
}

/** The resource in the version of the backup if served, otherwise in the preferred version. */
function findServed(served: readonly ServedResource[], wanted: Resource): Resource | undefined {
  const current = served.find(
    (each) => resourceName(each) === resourceName(wanted) && each.verbs.includes("list"),
  );
  return current === undefined ? undefined : inVersion(current, wanted.version);
}

/** @param hidden is filled with the namespaces that this user may not read, and the API server's words. */
async function* readNamespaces(
  { client, namespaces }: ClusterSideOptions,
  hidden: Map<string, string>,
  signal: AbortSignal,
): AsyncGenerator<JsonObject> {
  if (namespaces === undefined) {
    for await (const page of listPages(client, NAMESPACES, {}, signal)) yield* page.items;
    return;
  }
  for (const name of namespaces) {
    try {
      const item = await readObject(client, NAMESPACES, { namespace: undefined, name }, signal);
      if (item !== undefined) yield item;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      hidden.set(name, error.said);
    }
  }
}

async function* readObjects(
  options: ClusterSideOptions,
  {
    resource,
    namespaces,
    wanted,
    notes,
  }: {
    resource: Resource;
    /** To be added to. */
    notes: string[];
    namespaces: ReadonlySet<string>;
    wanted: (namespace: string | undefined) => boolean;
  },
  signal: AbortSignal,
): AsyncGenerator<ComparedObject> {
  const { client, namespaces: restrictedTo } = options;
  const listed = resource.namespaced && restrictedTo !== undefined ? restrictedTo : [undefined];
  for (const namespace of listed) {
    for await (const page of listPages(
      client,
      resource,
      { namespace, asText: textMembers(resource) },
      signal,
    )) {
      for (const item of page.items) {
        noteDeadClaim(resource, item, notes);
        const where = resource.namespaced ? namespaces : undefined;
        const keepFinished = options.keepFinished?.has(resourceName(resource)) ?? false;
        const object = portable(resource, item, where, { keepFinished });
        if (object !== undefined && wanted(object.namespace)) yield object;
      }
    }
  }
}

async function* yieldAll<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Notes a PersistentVolume that waits for a claim that is gone: its fields do not show that, and no claim is bound to it. */
function noteDeadClaim(resource: Resource, item: JsonObject, notes: string[]): void {
  if (resourceName(resource) !== "persistentvolumes") return;
  const claim = deadClaimOf(item);
  if (claim === undefined) return;
  const { name } = metadataOf(item);
  const note = `PersistentVolume ${name} is Released: it waits for a claim ${claim.namespace}/${claim.name} that is gone, and no other is bound to it: ${releaseCommand(name)}`;
  if (!notes.includes(note)) notes.push(note);
}
