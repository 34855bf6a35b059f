/** The restore without a command line: what tests of it share. */

import { after, before } from "node:test";
import { type Archive, openArchive } from "../../../src/archive/reader.ts";
import type { ArchiveObject } from "../../../src/archive/writer.ts";
import { discoverResources } from "../../../src/cluster/discovery.ts";
import { openConnection } from "../../../src/cluster/kubeconfig/connection.ts";
import { listPages } from "../../../src/cluster/lists/list.ts";
import { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { Owner } from "../../../src/kubernetes/owners.ts";
import { type Resource, resourceName, type ServedResource } from "../../../src/kubernetes/resource.ts";
import { DEFAULT_RESOURCES } from "../../../src/objects/default-resources.ts";
import { portable } from "../../../src/objects/portable.ts";
import type { RestoredItem, RestoreReport } from "../../../src/restore/report/report.ts";
import { type RestoreOptions, restoreArchive } from "../../../src/restore/restore-archive.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { memorySource, NEVER, type SampleObject, writeSample } from "../samples/sample-archive.ts";

/** Opens the cluster as the program does. */
export async function openClient({ kubeconfig }: Pick<ControlPlane, "kubeconfig">): Promise<ApiClient> {
  const connection = await openConnection({ kubeconfig });
  return new ApiClient({ connection, userAgent: "kube-backup-test", now: () => new Date() });
}

/** A control plane, and the program's client of it. */
interface Engine {
  readonly cluster: ControlPlane;
  readonly client: ApiClient;
}

/**
 * Gives the tests of a file a control plane and a client, which are gone after them.
 *
 * @param prepare runs before the tests.
 */
export function withEngine(prepare: (engine: Engine) => Promise<void> | void): void {
  let engine: Awaited<ReturnType<typeof startEngine>> | undefined;
  before(async () => {
    engine = await startEngine();
    await prepare(engine);
  });
  after(() => engine?.stop());
}

async function startEngine(): Promise<Engine & { stop(): Promise<void> }> {
  const cluster = await startControlPlane();
  const client = await openClient(cluster);
  return {
    cluster,
    client,
    stop: async () => {
      await client.close();
      await cluster.stop();
    },
  };
}

async function resourcesOf(client: ApiClient, names: readonly string[]): Promise<ServedResource[]> {
  const served = await discoverResources(client, NEVER);
  return names.map((name) => {
    const resource = served.find((each) => resourceName(each) === name);
    if (resource === undefined) throw new Error(`${name} is not served`);
    return resource;
  });
}

/** An archive, in memory, of some namespaces with all that backups hold of them, and of further resources. */
export async function backUp(
  client: ApiClient,
  namespaces: readonly string[],
  more: readonly string[] = [],
): Promise<Archive> {
  const objects: ArchiveObject[] = [];
  for (const resource of await resourcesOf(client, ["namespaces", ...DEFAULT_RESOURCES, ...more])) {
    const found: ArchiveObject[] = [];
    for await (const { items } of listPages(client, resource, {}, NEVER)) {
      for (const item of items) {
        const object = portable(resource, item, new Set(namespaces));
        const ours = resource.resource !== "namespaces" || namespaces.includes(object?.name ?? "");
        if (object !== undefined && ours) found.push({ ...object, resource });
      }
    }
    objects.push(...found.sort((left, right) => order(left.namespace, right.namespace)));
  }
  return archiveOf(objects);
}

function order(left = "", right = ""): number {
  return left < right ? -1 : Number(left > right);
}

/** An object as an archive takes it. */
export function archived(
  resource: Resource,
  object: { apiVersion: string; kind: string; metadata: { namespace?: string; name: string } },
  owners: readonly Owner[] = [],
): SampleObject {
  const { namespace, name } = object.metadata;
  return { resource, namespace, name, text: JSON.stringify(object), owners };
}

/** An archive of these objects, in memory. */
export async function archiveOf(objects: readonly ArchiveObject[]): Promise<Archive> {
  const { bytes } = await writeSample(objects);
  return openArchive(memorySource(bytes), NEVER);
}

/** What a restore did, and each object as `ConfigMap shop/settings: updated`, sorted. */
export interface Restored {
  report: RestoreReport;
  items: RestoredItem[];
  lines: string[];
  /** What the log was told, one line each. */
  log: string[];
}

/**
 * Restores.
 *
 * @param onLog told of each line of the log.
 */
export async function restore(
  { onLog, ...options }: Omit<RestoreOptions, "log" | "onObject"> & { onLog?: (line: string) => void },
  signal: AbortSignal = NEVER,
): Promise<Restored> {
  const items: RestoredItem[] = [];
  const told: string[] = [];
  const stream = {
    write: (line: string) => {
      told.push(line);
      onLog?.(line);
    },
  };
  const log = await createLog({
    stream,
    readable: false,
    colors: false,
    debug: false,
    now: () => new Date(),
  });
  const report = await restoreArchive({ ...options, log, onObject: (item) => items.push(item) }, signal);
  const lines = items.map(({ kind, namespace, name, outcome }) => {
    return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}: ${outcome}`;
  });
  return { report, items, lines: lines.sort(), log: told };
}

/** The item of one object. */
export function itemOf({ items }: Restored, kind: string, name: string): RestoredItem {
  const found = items.filter((item) => item.kind === kind && item.name === name);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${kind} ${name} is reported ${found.length} times`);
  return found[0];
}

/** Resource versions of all that the cluster holds of these resources: whatever is written changes one. */
export async function versionsOf(client: ApiClient): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const resource of await resourcesOf(client, ["namespaces", ...DEFAULT_RESOURCES])) {
    for await (const { items } of listPages(client, resource, {}, NEVER)) {
      for (const { metadata } of items as {
        metadata: { namespace?: string; name: string; resourceVersion: string; uid: string };
      }[])
        versions[`${resourceName(resource)} ${metadata.namespace ?? ""}/${metadata.name}`] =
          `${metadata.uid} ${metadata.resourceVersion}`;
    }
  }
  return versions;
}
