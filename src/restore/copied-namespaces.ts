import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { type ObjectKey, type Resource, resourceName } from "../kubernetes/resource.ts";
import { someNames } from "../words/some-names.ts";
import type { ArchivedObjects } from "./source/archived-objects.ts";
import type { NamespaceMapping } from "./source/namespace-mapping.ts";

/** How many hosts and CronJobs a note names. */
const NAMED = 5;

const INGRESSES: Resource = {
  ...{ group: "networking.k8s.io", version: "v1", resource: "ingresses", kind: "Ingress", namespaced: true },
};
const CRON_JOBS: Resource = {
  ...{ group: "batch", version: "v1", resource: "cronjobs", kind: "CronJob", namespaced: true },
};

/** What {@link describeCopies} reads. */
export interface CopiesOptions {
  client: ApiClient;
  source: ArchivedObjects;
  namespaceMapping: NamespaceMapping;
  /** Whether CronJobs come back suspended. */
  paused: boolean;
}

/**
 * What exists twice after a namespace came back under another name beside the original: hosts of Ingresses, and CronJobs
 * that run. One sentence each.
 */
export async function describeCopies(
  { client, source, namespaceMapping, paused }: CopiesOptions,
  signal: AbortSignal,
): Promise<string[]> {
  if (namespaceMapping.size === 0) return [];
  const read = async (resource: Resource, everywhere: boolean) => {
    const copies = await readCopies(source, resource, namespaceMapping, signal);
    if (copies.length === 0) return { copies, live: [] };
    const namespaces = [...namespaceMapping.keys()];
    return { copies, live: await readLive(client, resource, { namespaces, everywhere }, signal) };
  };
  const ingresses = await read(INGRESSES, true);
  const cronJobs = paused ? { copies: [], live: [] } : await read(CRON_JOBS, false);
  return [...noteOnHosts(ingresses), ...noteOnCronJobs(cronJobs, namespaceMapping)];
}

/** An object, under its names in the cluster. */
interface CopiedObject {
  key: ObjectKey;
  object: JsonObject;
}

/** The objects that come back under another namespace, and those of the cluster; undefined where this user may not read them. */
export interface Copies {
  copies: readonly CopiedObject[];
  live: readonly CopiedObject[] | undefined;
}

/** A sentence on the hosts that another Ingress serves already. */
export function noteOnHosts({ copies, live }: Copies): string[] {
  const hostsOf = ({ object }: CopiedObject) =>
    items(member(object, "spec"), "rules").flatMap(({ host }) => (typeof host === "string" ? [host] : []));
  if (live === undefined)
    return ["Whether hosts of Ingresses exist twice then is not known, without the right to list Ingresses"];
  const servers = Map.groupBy(
    live.flatMap((each) => hostsOf(each).map((host) => ({ host, title: titleOf(each.key) }))),
    ({ host }) => host,
  );
  const doubled = new Map<string, Set<string>>();
  for (const copy of copies) {
    for (const host of hostsOf(copy)) {
      const others = (servers.get(host) ?? []).filter(({ title }) => title !== titleOf(copy.key));
      if (others.length === 0) continue;
      const titles = doubled.get(host) ?? new Set(others.map(({ title }) => title));
      doubled.set(host, titles.add(titleOf(copy.key)));
    }
  }
  if (doubled.size === 0) return [];
  const named = [...doubled].map(([host, titles]) => `${host} (${[...titles].join(", ")})`);
  return [
    `Hosts that two Ingresses serve then: ${someNames(named, NAMED)}; --set-host or --transform gives the copies other hosts`,
  ];
}

/** A sentence on the CronJobs of which the original runs, too. */
export function noteOnCronJobs({ copies, live }: Copies, mapping: NamespaceMapping): string[] {
  const runs = ({ object }: CopiedObject) => member(object, "spec")["suspend"] !== true;
  if (live === undefined)
    return ["Whether CronJobs run twice then is not known, without the right to list CronJobs"];
  const running = new Set(
    live
      .filter(runs)
      .map(({ key: { namespace = "", name } }) => titleOf({ namespace: mapping.get(namespace), name })),
  );
  const doubled = copies.filter((copy) => runs(copy) && running.has(titleOf(copy.key)));
  if (doubled.length === 0) return [];
  const named = someNames(
    doubled.map(({ key }) => titleOf(key)),
    NAMED,
  );
  return [`CronJobs of which the original runs, too: ${named}; --paused suspends the copies`];
}

function titleOf({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}

async function readCopies(
  source: ArchivedObjects,
  resource: Resource,
  mapping: NamespaceMapping,
  signal: AbortSignal,
): Promise<CopiedObject[]> {
  const name = resourceName(resource);
  if (!source.resourceNames().includes(name)) return [];
  const copies: CopiedObject[] = [];
  for (const file of source.files(name)) {
    if (!mapping.has(file.namespace ?? "")) continue;
    for await (const { key, text } of source.objects(file, signal))
      copies.push({ key, object: JSON.parse(text) as JsonObject });
  }
  return copies;
}

/** Lists what the cluster has, everywhere or in some namespaces; undefined where this user may not. */
async function readLive(
  client: ApiClient,
  resource: Resource,
  { namespaces, everywhere }: { namespaces: readonly string[]; everywhere: boolean },
  signal: AbortSignal,
): Promise<CopiedObject[] | undefined> {
  const live: CopiedObject[] = [];
  try {
    for (const namespace of everywhere ? [undefined] : namespaces)
      for await (const page of listPages(client, resource, { namespace }, signal))
        for (const object of page.items) live.push({ key: keyOf(object), object });
    return live;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The cluster does not serve them.
    if (error.status === 404) return [];
    if (error.status !== 403) throw error;
    return everywhere
      ? await readLive(client, resource, { namespaces, everywhere: false }, signal)
      : undefined;
  }
}
