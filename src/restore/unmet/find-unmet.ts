import type { Archive } from "../../archive/reader.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type KindTitles, kindTitles } from "../../kubernetes/kind-titles.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, resourceName } from "../../kubernetes/resource.ts";
import { referenceKey } from "../../references/list-keys.ts";
import type { ServedResources } from "../live/served-resources.ts";
import { groupUnmet, type UnmetPair, type UnmetReference, type Where } from "../report/unmet-references.ts";
import type { ArchivedObjects } from "../source/archived-objects.ts";
import { type ArchivedReference, archivedReferences } from "./archived-references.ts";
import { LackedByBackup } from "./lacked-by-backup.ts";
import { LiveKeys } from "./live-keys.ts";

const DEFINITIONS = resourceName(CUSTOM_RESOURCE_DEFINITIONS);

/** Options of {@link findUnmetReferences}. */
export interface UnmetOptions {
  client: ApiClient;
  archive: Archive;
  source: ArchivedObjects;
  served: Pick<ServedResources, "named" | "ofKind">;
}

/** What one search shares. */
interface Search extends UnmetOptions {
  cluster: LiveKeys;
  lacked: LackedByBackup;
  titles: KindTitles;
}

/**
 * Finds what the selected objects name and what is neither selected nor in the cluster. What the backup holds the kind of,
 * and did not hold itself, was not there when it was taken either, and is passed over.
 *
 * The whole of a backup is only read again where the cluster lacks some of what the manifest says that the backup lacks.
 */
export async function findUnmetReferences(
  options: UnmetOptions,
  signal: AbortSignal,
): Promise<UnmetReference[]> {
  const { archive, source } = options;
  // Objects whose definition is lacking fail by themselves.
  const lacking = (archive.manifest.lacking ?? []).filter(({ resource }) => resource !== DEFINITIONS);
  const lacked = new LackedByBackup(lacking, (namespace) => source.namespaceInCluster(namespace));
  const cluster = new LiveKeys(options);
  if (source.whole && (await lacked.isAllIn(cluster, signal))) return [];
  const search = { ...options, cluster, lacked, titles: kindTitles(archive.manifest.resources) };
  const pairs: UnmetPair[] = [];
  for (const [resource, references] of await readCandidates(search, signal)) {
    const places = await placesOf(search, resource, references, signal);
    for (const reference of references) {
      const pair = await unmetPair(search, reference, places.get(reference.key), signal);
      if (pair !== undefined) pairs.push(pair);
    }
  }
  return groupUnmet(pairs);
}

/** The references that may lead nowhere, by the resource that they name. */
async function readCandidates(
  search: Search,
  signal: AbortSignal,
): Promise<Map<string, ArchivedReference[]>> {
  const { source, lacked } = search;
  const found = new Map<string, ArchivedReference[]>();
  for await (const reference of archivedReferences(search, signal)) {
    const { resource } = reference;
    if (resource === DEFINITIONS || (source.whole && !lacked.has(reference))) continue;
    const references = found.get(resource) ?? [];
    found.set(resource, references);
    references.push(reference);
  }
  return found;
}

type Place = "selected" | "backup";

/** Where the archive has what is named. The whole of a backup has nothing of what it lacks. */
async function placesOf(
  { source }: Search,
  resource: string,
  references: readonly ArchivedReference[],
  signal: AbortSignal,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  if (source.whole) return places;
  const wanted = new Set(references.map(({ key }) => key));
  const namespaces = new Set([...wanted].map((key) => key.split("/")[0] ?? ""));
  for await (const { key, selected } of source.places(resource, namespaces, signal)) {
    const text = referenceKey(key);
    if (wanted.has(text)) places.set(text, selected ? "selected" : "backup");
  }
  return places;
}

/** The reference, where what it names is neither selected nor in the cluster. */
async function unmetPair(
  { source, served, cluster, lacked, titles }: Search,
  reference: ArchivedReference,
  place: Place | undefined,
  signal: AbortSignal,
): Promise<UnmetPair | undefined> {
  const { from, object, resource, key, need, runs } = reference;
  if (place === "selected") return undefined;
  const where: Where | undefined = place ?? (lacked.has(reference) ? "nowhere" : undefined);
  if (where === undefined) return undefined;
  const live = await cluster.has(resource, key, signal);
  if (live === true) return undefined;
  return {
    kind: titles.get(from) ?? from,
    object,
    resource,
    neededKind: served.named(resource)?.kind ?? source.resource(resource)?.kind ?? resource,
    needed: key,
    effect: need ?? (runs ? "start" : "work"),
    where: live === undefined ? "unknown" : where,
  };
}
