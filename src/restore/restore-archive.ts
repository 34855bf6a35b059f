import type { ManifestFile } from "../archive/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import type { ApiClient } from "../cluster/api-client.ts";
import { discoverResources, type ServedResource } from "../cluster/discovery.ts";
import { apiVersion, resourceName } from "../cluster/resource.ts";
import { OperatorError } from "../errors.ts";
import type { Owner } from "../objects/owners.ts";
import type { Selection } from "../selection/selection.ts";
import type { Log } from "../terminal/log.ts";
import { ArchivedObjects } from "./archived-objects.ts";
import { concurrently } from "./concurrently.ts";
import { DELETION_LIMIT } from "./deletion.ts";
import { readLiveObjects } from "./live-objects.ts";
import { stagesOf } from "./order.ts";
import { OwnedObjects } from "./owned-objects.ts";
import { isAdopter, OwnerUids } from "./owner-uids.ts";
import { type RestoredItem, RestoreReport } from "./report.ts";
import { restoreNamespaces } from "./restore-namespaces.ts";
import { restoreObject } from "./restore-object.ts";
import type { RestoreTarget } from "./restore-target.ts";

/** Requests in flight: measured, more make the API server slower. */
const CONCURRENCY = 8;

/** What a restore needs. */
export interface RestoreOptions {
  client: ApiClient;
  /** The backup; it has been verified. */
  archive: Archive;
  /** Which of its objects; all of them without it. */
  selection?: Selection | undefined;
  /** Names of namespaces in the backup, and the names under which they come back; checked. */
  namespaceMapping?: ReadonlyMap<string, string> | undefined;
  /** What becomes of an object that is there and differs; `skip` without it. */
  existing?: ExistingPolicy | undefined;
  /**
   * `server`: the API server is asked about each write, admission included, and stores nothing.
   * `client`: nothing is sent; what exists is compared.
   */
  dryRun?: "server" | "client" | undefined;
  /** How long each object that is being deleted is waited for, in milliseconds; half a minute without it. */
  deletionLimit?: number | undefined;
  /** Told of each object that is done with. */
  onObject?: ((item: RestoredItem) => void) | undefined;
  log: Log;
}

/**
 * What becomes of an object that is there and differs from the backup. `skip`: it stays. `update`: it
 * is written over and ends as the backup has it. `replace`: as update; where fields are immutable, it
 * is deleted, its dependents orphaned, and created again.
 */
export type ExistingPolicy = "skip" | "update" | "replace";

/** What the parts of one restore share. */
interface Restore {
  client: ApiClient;
  objects: ArchivedObjects;
  served: readonly ServedResource[];
  report: RestoreReport;
  uids: OwnerUids;
  existing: ExistingPolicy;
  dryRun: "server" | "client" | undefined;
  deletionLimit: number;
  /** Namespaces that were there before: only in these can objects exist already. */
  namespaces: ReadonlySet<string>;
  owned: OwnedObjects;
}

/**
 * Brings back what is selected of an archive, all of it by default. What exists already is left as it
 * is and counted unless the policy says otherwise, so that a restore that was killed can be run again.
 *
 * What the API server refuses of single objects is in the report; what ends the whole (the server
 * is away, the archive is damaged, the signal aborts) is thrown.
 *
 * @throws {OperatorError} before anything is written, where the selection selects nothing.
 */
export async function restoreArchive(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const { client, archive, log, existing = "skip", dryRun, deletionLimit = DELETION_LIMIT } = options;
  const report = new RestoreReport(options.onObject);
  const objects = new ArchivedObjects(options);
  const inUse = objects.whole ? undefined : await objects.inUse(signal);
  if (inUse?.any === false) {
    throw new OperatorError(`Cannot restore: nothing in ${archive.name} is selected`, {
      advice: "Check namespaces, kinds, names and selectors; a selector must fit labels as they were then",
    });
  }
  const served = await discoverResources(client, signal);
  const uids = new OwnerUids(client, served);
  const shared = { client, report, uids, existing, dryRun, deletionLimit };
  const namespaces = await restoreNamespaces(
    { ...shared, log, concurrency: CONCURRENCY },
    objects.namespaces(inUse?.namespaces, signal),
    signal,
  );
  const owned = new OwnedObjects(objects, uids);
  const restore: Restore = { ...shared, objects, served, namespaces, owned };
  for (const stage of stagesOf(objects.resourceNames())) {
    for (const name of stage) await restoreResource(restore, name, signal);
    log.debug({ resources: stage, created: report.total("created") }, "Restored");
  }
  await owned.restore(signal);
  return report;
}

async function restoreResource(restore: Restore, name: string, signal: AbortSignal): Promise<void> {
  const { objects, report, existing, dryRun, owned } = restore;
  const files = objects.files(name);
  // What the archive holds nothing of need not be looked for in the cluster.
  if (files.length === 0) return;
  const kind = objects.resource(name)?.kind ?? name;
  const target = await targetOf(restore, name, signal);
  for (const file of files) {
    const ownersByName = await readOwners(objects, file, signal);
    await concurrently(objects.objects(file, signal), CONCURRENCY, async ({ key, text }) => {
      if (typeof target === "string")
        return report.count({ resource: name, kind, ...key, outcome: "failed", reason: target });
      const owners = ownersByName.get(key.name);
      const stays = existing === "skip" && target.live.has(key);
      // In a dry run nothing that is missing comes, whatever is waited for.
      if (owners === undefined || stays || dryRun !== undefined)
        await restoreObject(target, { key, text, owners: [] }, signal);
      else owned.add({ target, file, ...key, owners });
    });
  }
}

/** How a resource is brought back here, or the reason why it cannot be. */
async function targetOf(
  { objects, served, ...shared }: Restore,
  name: string,
  signal: AbortSignal,
): Promise<RestoreTarget | string> {
  const archived = objects.resource(name);
  const here = served.find((resource) => resourceName(resource) === name);
  if (archived === undefined || here === undefined) return `the API server does not serve ${name}`;
  if (!here.versions.includes(archived.version)) {
    return `the API server does not serve ${name} as ${apiVersion(archived)}, only as ${here.versions.join(", ")}`;
  }
  const resource = { ...here, version: archived.version };
  const { client, namespaces } = shared;
  const live = await readLiveObjects(client, resource, { namespaces, part: !objects.whole }, signal);
  return { ...shared, resource, live };
}

/** Owners by the names of the objects that have to wait for them; those that are adopted do not. */
async function readOwners(
  objects: ArchivedObjects,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<Map<string, Owner[]>> {
  const waiting = new Map<string, Owner[]>();
  const kind = objects.resource(file.resource ?? "")?.kind ?? "";
  for await (const { name, owners } of objects.owners(file, signal)) {
    if (!owners.every((owner) => isAdopter(kind, owner))) waiting.set(name, owners);
  }
  return waiting;
}
