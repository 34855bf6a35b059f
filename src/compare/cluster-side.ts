import { discoverResources } from "../cluster/discovery.ts";
import { listPages } from "../cluster/lists/list.ts";
import { listInOrder } from "../cluster/lists/list-in-order.ts";
import { listUids } from "../cluster/lists/list-uids.ts";
import { readClusterId, readObject } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { metadataOf } from "../kubernetes/metadata.ts";
import { sortByNamespace } from "../kubernetes/object-order.ts";
import {
  inVersion,
  isNamespaces,
  NAMESPACES,
  type Resource,
  resourceName,
  type ServedResource,
} from "../kubernetes/resource.ts";
import { candidateOf, EXCLUDE_SELECTORS, Exclusions, ownersToLookFor } from "../objects/excluded.ts";
import {
  type KeepsSystemObject,
  keptSystemObjects,
  SYSTEM_NAMESPACE,
  type SystemTerm,
} from "../objects/kept-system-objects.ts";
import type { IsOwn } from "../objects/own-objects.ts";
import { portable } from "../objects/portable.ts";
import { deadClaimOf, releaseCommand } from "../objects/released-volume.ts";
import { textMembers } from "../objects/text-members.ts";
import { readOwnObjects } from "../program/read-own-objects.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { ComparedObject, ComparedSide, ExcludedObject } from "./compared-side.ts";

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
  /** Single objects of kube-system that are compared; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  /** The namespace of the program, whose own objects are not compared; kube-system by default. */
  programNamespace?: string | undefined;
  now: () => Date;
}

/** A cluster as one side of a comparison: the objects that a backup taken now would contain. */
export async function readClusterSide(
  options: ClusterSideOptions,
  signal: AbortSignal,
): Promise<ComparedSide> {
  const { client, now } = options;
  const time = rfc3339(now());
  const [served, id, isOwn] = await Promise.all([
    discoverResources(client, signal),
    readClusterId(client, signal),
    readOwnObjects(client, options.programNamespace, signal),
  ]);
  const namespaces = new Set<string>();
  const notes: string[] = [];
  const namespaceObjects: (ComparedObject | ExcludedObject)[] = [];
  const hidden = new Map<string, string>();
  const exclusions = new Exclusions();
  const labelSelectors = EXCLUDE_SELECTORS;
  const owners = ownersToLookFor(served, served);
  exclusions.addOwners(
    await listUids(client, { resources: owners, labelSelectors, namespaces: options.namespaces }, signal),
  );
  for await (const item of readNamespaces(options, hidden, signal)) {
    const { name, deletionTimestamp } = item["metadata"] as { name: string; deletionTimestamp?: string };
    const object = portable(NAMESPACES, item);
    if (object === undefined && exclusions.leaveOut(candidateOf(NAMESPACES.kind, item))) {
      exclusions.addNamespace(name, item);
      namespaceObjects.push({ namespace: undefined, name, excluded: true });
      notes.push(`Namespace ${name} is left out by a label, and so is what is in it: it is not compared`);
    } else if (object !== undefined) {
      namespaces.add(object.name);
      namespaceObjects.push(object);
    } else if (deletionTimestamp !== undefined) {
      notes.push(`Namespace ${name} is being deleted: it counts as gone, and so does what is in it`);
    }
  }
  // Its objects can be compared without it.
  for (const name of hidden.keys()) namespaces.add(name);
  return {
    side: {
      ...{ kind: "cluster", name: client.context, time, server: client.server },
      ...(id === undefined ? {} : { cluster: { id } }),
    },
    resources: [],
    namespaces,
    covers: (namespace) =>
      namespace === SYSTEM_NAMESPACE
        ? options.keepKubeSystem !== undefined
        : !exclusions.namespaces.has(namespace),
    missing: [...hidden.values()].slice(0, 1).map((reason) => ({ resource: NAMESPACES.resource, reason })),
    keepFinished: options.keepFinished ?? new Set(),
    notes,
    find: (resource) => findServed(served, resource),
    objects: (resource, wanted, signal) =>
      isNamespaces(resource)
        ? yieldAll(namespaceObjects)
        : readObjects(options, { resource, namespaces, exclusions, isOwn, wanted, notes }, signal),
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
    exclusions,
    isOwn,
    wanted,
    notes,
  }: {
    resource: Resource;
    /** To be added to. */
    notes: string[];
    namespaces: ReadonlySet<string>;
    exclusions: Exclusions;
    isOwn: IsOwn;
    wanted: (namespace: string | undefined) => boolean;
  },
  signal: AbortSignal,
): AsyncGenerator<ComparedObject | ExcludedObject> {
  const { client, namespaces: restrictedTo, keepKubeSystem } = options;
  const keeps = keptSystemObjects(keepKubeSystem);
  const keepFinished = options.keepFinished?.has(resourceName(resource)) ?? false;
  const listed =
    resource.namespaced && restrictedTo !== undefined
      ? sortByNamespace([...new Set(restrictedTo)], (name) => name)
      : [undefined];
  const noted = new Set<string>();
  for (const namespace of listed) {
    const asText = textMembers(resource);
    for await (using page of listInOrder(client, resource, { namespace, asText, anyOrder: true }, signal)) {
      for (const item of page.items) {
        noteDeadClaim(resource, item, { notes, noted });
        const known = { namespaces, exclusions, isOwn, keeps, keepFinished, wanted };
        const object = comparedObject(resource, item, known);
        if (object !== undefined) yield object;
      }
    }
  }
}

/** The object as it is compared; undefined where backups leave the object out for another reason than a label. */
function comparedObject(
  resource: Resource,
  item: JsonObject,
  {
    namespaces,
    exclusions,
    isOwn,
    keeps,
    keepFinished,
    wanted,
  }: {
    namespaces: ReadonlySet<string>;
    exclusions: Exclusions;
    isOwn: IsOwn;
    keeps: KeepsSystemObject;
    keepFinished: boolean;
    wanted: (namespace: string | undefined) => boolean;
  },
): ComparedObject | ExcludedObject | undefined {
  const candidate = candidateOf(resource.kind, item);
  const { namespace, name } = candidate;
  if (!wanted(namespace)) return undefined;
  const isKnown = namespace === undefined || namespace === SYSTEM_NAMESPACE || namespaces.has(namespace);
  if (!isKnown) return undefined;
  return exclusions.leaveOut(candidate) || isOwn(candidate)
    ? { namespace, name, excluded: true }
    : portable(resource, item, undefined, { keeps, keepFinished });
}

async function* yieldAll<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Notes a PersistentVolume that waits for a claim that is gone: its fields do not show that, and no claim is bound to it. */
function noteDeadClaim(
  resource: Resource,
  item: JsonObject,
  { notes, noted }: { notes: string[]; noted: Set<string> },
): void {
  if (resourceName(resource) !== "persistentvolumes") return;
  const claim = deadClaimOf(item);
  if (claim === undefined) return;
  const { name } = metadataOf(item);
  const note = `PersistentVolume ${name} is Released: it waits for a claim ${claim.namespace}/${claim.name} that is gone, and no other is bound to it: ${releaseCommand(name)}`;
  if (!noted.has(name)) notes.push(note);
  noted.add(name);
}
