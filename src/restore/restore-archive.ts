import type { ManifestFile } from "../archive/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import type { ApiClient } from "../cluster/api-client.ts";
import { discoverResources, type ServedResource } from "../cluster/discovery.ts";
import { apiVersion, NAMESPACES, type ObjectKey, resourceName } from "../cluster/resource.ts";
import type { Owner } from "../objects/owners.ts";
import type { Selection } from "../selection/selection.ts";
import type { Log } from "../terminal/log.ts";
import { concurrently } from "./concurrently.ts";
import { readLiveObjects } from "./live-objects.ts";
import { createNamespace } from "./namespaces.ts";
import { stagesOf } from "./order.ts";
import { OwnedObjects } from "./owned-objects.ts";
import { isAdopter, OwnerUids } from "./owner-uids.ts";
import { type RestoredItem, RestoreReport } from "./report.ts";
import { type RestoreTarget, reasonOfOne, restoreObject } from "./restore-object.ts";

/** Requests in flight: measured, more make the API server slower. */
const CONCURRENCY = 8;

/** What a restore needs. */
export interface RestoreOptions {
  client: ApiClient;
  /** The backup; it has been verified. */
  archive: Archive;
  /** Which of its objects; all of them without it. */
  selection?: Selection | undefined;
  /** Names of namespaces in the backup, and the names under which they come back. */
  namespaceMapping?: ReadonlyMap<string, string> | undefined;
  /** What becomes of an object that is there and differs; `skip` without it. */
  existing?: ExistingPolicy | undefined;
  /**
   * `server`: the API server is asked about each write, admission included, and stores nothing.
   * `client`: nothing is sent; what exists is compared.
   */
  dryRun?: "server" | "client" | undefined;
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
interface Restore extends RestoreOptions {
  served: readonly ServedResource[];
  report: RestoreReport;
  /** Namespaces that were there before: only in these can objects exist already. */
  namespacesBefore: ReadonlySet<string>;
  owned: OwnedObjects;
}

/**
 * Brings back everything that an archive holds. What exists already is left as it is and counted,
 * so that a restore that was killed can be run again.
 *
 * What the API server refuses of single objects is in the report; what ends the whole (the server
 * is away, the archive is damaged, the signal aborts) is thrown.
 */
export async function restoreArchive(options: RestoreOptions, signal: AbortSignal): Promise<RestoreReport> {
  const report = new RestoreReport(options.onObject);
  const served = await discoverResources(options.client, signal);
  const namespacesBefore = await restoreNamespaces(options, report, signal);
  const owned = new OwnedObjects(options.archive, new OwnerUids(options.client, served));
  const restore: Restore = { ...options, served, report, namespacesBefore, owned };
  const names = options.archive.manifest.resources.filter(({ namespaced }) => namespaced).map(resourceName);
  for (const stage of stagesOf(names)) {
    for (const name of stage) await restoreResource(restore, name, signal);
    options.log.debug({ resources: stage, created: report.total("created") }, "Restored");
  }
  await owned.restore(signal);
  return report;
}

/** Creates the namespaces; returns the names of those that were there before. */
async function restoreNamespaces(
  { client, archive, log }: RestoreOptions,
  report: RestoreReport,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const live = await readLiveObjects(client, NAMESPACES, new Set(), signal);
  const existing = new Set<string>();
  for (const file of filesOf(archive, resourceName(NAMESPACES))) {
    await concurrently(archive.objects(file, signal), CONCURRENCY, async (text) => {
      const key = keyOf(text);
      const item = { resource: resourceName(NAMESPACES), kind: NAMESPACES.kind, ...key };
      try {
        if (await createNamespace(client, { name: key.name, text, log }, signal))
          return report.count({ ...item, outcome: "created" });
        existing.add(key.name);
        const equal = await live.equals(key, text, signal);
        report.count({ ...item, outcome: equal ? "unchanged" : "skipped" });
      } catch (error) {
        report.count({ ...item, outcome: "failed", reason: reasonOfOne(error) });
      }
    });
  }
  return existing;
}

async function restoreResource(restore: Restore, name: string, signal: AbortSignal): Promise<void> {
  const { archive, report, owned } = restore;
  const files = filesOf(archive, name);
  // What the archive holds nothing of need not be looked for in the cluster.
  if (files.length === 0) return;
  const target = await targetOf(restore, name, signal);
  for (const file of files) {
    const ownersByName = await readOwners(archive, file, signal);
    await concurrently(archive.objects(file, signal), CONCURRENCY, async (text) => {
      const key = keyOf(text);
      if (typeof target === "string")
        return report.count({
          resource: name,
          kind: kindOf(archive, name),
          ...key,
          outcome: "failed",
          reason: target,
        });
      const owners = ownersByName.get(key.name);
      if (owners !== undefined && !target.live.has(key)) owned.add({ target, file, ...key, owners });
      else await restoreObject(target, key, text, signal);
    });
  }
}

/** How a resource is brought back here, or the reason why it cannot be. */
async function targetOf(
  { client, archive, served, namespacesBefore, report }: Restore,
  name: string,
  signal: AbortSignal,
): Promise<RestoreTarget | string> {
  const archived = archive.manifest.resources.find((resource) => resourceName(resource) === name);
  const here = served.find((resource) => resourceName(resource) === name);
  if (archived === undefined || here === undefined) return `the API server does not serve ${name}`;
  if (!here.versions.includes(archived.version)) {
    return `the API server does not serve ${name} as ${apiVersion(archived)}, only as ${here.versions.join(", ")}`;
  }
  const resource = { ...here, version: archived.version };
  return {
    client,
    resource,
    report,
    live: await readLiveObjects(client, resource, namespacesBefore, signal),
  };
}

/** Owners by the names of the objects that have to wait for them; those that are adopted do not. */
async function readOwners(
  archive: Archive,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<Map<string, Owner[]>> {
  const waiting = new Map<string, Owner[]>();
  const kind = kindOf(archive, file.resource ?? "");
  for await (const { name, owners } of archive.owners(file, signal)) {
    if (!owners.every((owner) => isAdopter(kind, owner))) waiting.set(name, owners);
  }
  return waiting;
}

function filesOf(archive: Archive, name: string): ManifestFile[] {
  return archive.manifest.files.filter((file) => file.content === "objects" && file.resource === name);
}

function kindOf(archive: Archive, name: string): string {
  return archive.manifest.resources.find((resource) => resourceName(resource) === name)?.kind ?? name;
}

function keyOf(text: string): ObjectKey {
  const { namespace, name } = (JSON.parse(text) as { metadata: { namespace?: string; name: string } })
    .metadata;
  return { namespace, name };
}
