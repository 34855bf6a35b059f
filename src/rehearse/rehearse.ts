import type { ManifestFile } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { discoverResources } from "../cluster/discovery.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { NAMESPACES, type Resource, resourceName } from "../kubernetes/resource.ts";
import { concurrently } from "../restore/concurrency/concurrently.ts";
import type { Log } from "../terminal/log/log.ts";
import { Asker } from "./ask.ts";
import { readLiveNamespaces } from "./live-namespaces.ts";
import { RehearsalReport, type RehearsedItem } from "./rehearsal-report.ts";
import { roundsOf } from "./rounds.ts";
import { type LabelSet, labelSetOf } from "./scratch-label.ts";
import { ScratchNamespaces } from "./scratch-namespaces.ts";
import { type Finding, servedResource } from "./verdict.ts";

/** Requests in flight: fewer than in a restore, since the cluster is at work meanwhile. */
const IN_FLIGHT = { limit: 8 };

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
const DEFINED = "The backup holds its definition, and a restore makes that first";

/** What a rehearsal needs. */
export interface RehearseOptions {
  client: ApiClient;
  /** The backup; it has been verified. */
  archive: Archive;
  log: Log;
  /** Gives a part of a scratch namespace's name that nobody can guess: letters and digits, 40 at most. */
  random: () => string;
  /** Told of each object that is done with. */
  onObject?: ((item: RehearsedItem) => void) | undefined;
}

/** A namespace of the backup, as this cluster has it. */
interface Place {
  labels: LabelSet;
  here: boolean;
  /** Of a namespace that would not come back: what that makes of its objects. */
  lost?: Finding;
}

/** What the parts of one rehearsal share. */
interface Rehearsal extends RehearseOptions {
  report: RehearsalReport;
  asker: Asker;
  /** How each resource of the archive can be asked about here, or why it cannot. */
  targets: ReadonlyMap<string, { kind: string; target: Resource | Finding }>;
  places: ReadonlyMap<string, Place>;
  /** Custom resources whose definition is in the archive and accepted: a restore makes it first. */
  defined: Set<string>;
}

/**
 * Asks the API server about every object of an archive whether it would create it now. All requests
 * are dry runs: admission and validation run, and nothing is stored. Objects whose namespace is not
 * there are asked about in a scratch namespace of the same labels, which is removed again.
 *
 * What the API server refuses of single objects is in the report; what ends the whole (the server
 * is away, the archive is damaged, the signal aborts) is thrown, with the scratch namespaces removed.
 */
export async function rehearse(options: RehearseOptions, signal: AbortSignal): Promise<RehearsalReport> {
  const { client, archive, log, onObject } = options;
  const report = new RehearsalReport(onObject);
  const asker = new Asker(client, report);
  const served = await discoverResources(client, signal);
  const targets = new Map(
    archive.manifest.resources.map((archived) => [
      resourceName(archived),
      { kind: archived.kind, target: servedResource(archived, served) },
    ]),
  );
  const here = await readLiveNamespaces(options, signal);
  const places = await rehearseNamespaces({ archive, report, asker, here }, signal);
  const rehearsal: Rehearsal = { ...options, report, asker, targets, places, defined: new Set() };
  const scratchFor = (namespace: string) => {
    const place = placeOf(places, namespace);
    return place.here ? undefined : place.labels;
  };
  for (const files of roundsOf(archive.manifest, scratchFor)) {
    await rehearseRound(rehearsal, files, signal);
    log.debug({ files: files.length, accepted: report.total("accepted") }, "Rehearsed");
  }
  for (const item of report.items) {
    if (item.verdict === "notAsked" && rehearsal.defined.has(item.resource)) item.advice = DEFINED;
  }
  return report;
}

/** Asks about the namespaces themselves; returns where their objects can be asked about. */
async function rehearseNamespaces(
  {
    archive,
    report,
    asker,
    here,
  }: { archive: Archive; report: RehearsalReport; asker: Asker; here: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const resource = resourceName(NAMESPACES);
  for (const file of archive.manifest.files) {
    if (file.content !== "objects" || file.resource !== resource) continue;
    await concurrently(archive.objects(file, signal), IN_FLIGHT, async (text) => {
      const { name, labels } = metadataOf(text);
      const key = { namespace: undefined, name };
      const finding = await asker.askOfCluster({ resource: NAMESPACES, key, text }, signal);
      report.count({ resource, kind: NAMESPACES.kind, ...key, ...finding });
      const place = { labels: labelSetOf(labels), here: here.has(name) };
      const lost: Finding = { verdict: "refused", reason: `its namespace ${name} would not come back` };
      places.set(name, finding.verdict === "refused" && !place.here ? { ...place, lost } : place);
    });
  }
  return places;
}

async function rehearseRound(
  rehearsal: Rehearsal,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<void> {
  const { archive, report, asker, targets, places, defined } = rehearsal;
  const scratches = new ScratchNamespaces(rehearsal);
  try {
    await concurrently(objectsOf(archive, files, signal), IN_FLIGHT, async ({ text, resource }) => {
      const { namespace, name } = metadataOf(text);
      const { kind, target } = targets.get(resource) ?? unlisted(resource);
      const find = async (): Promise<Finding> => {
        if ("verdict" in target) return target;
        if (namespace === undefined)
          return await asker.askOfCluster({ resource: target, key: { namespace, name }, text }, signal);
        const { lost, ...place } = placeOf(places, namespace);
        const question = { resource: target, key: { namespace, name }, text, ...place };
        return lost ?? (await asker.ask(question, scratches, signal));
      };
      const finding = await find();
      if (resource === DEFINITIONS && finding.verdict === "accepted") defined.add(name);
      report.count({ resource, kind, namespace, name, ...finding });
    });
  } finally {
    await scratches.removeAll();
  }
}

/** The objects of files as one stream, so that many small files are as quick as one. */
async function* objectsOf(
  archive: Archive,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): AsyncGenerator<{ text: string; resource: string }> {
  for (const file of files) {
    for await (const text of archive.objects(file, signal)) yield { text, resource: file.resource ?? "" };
  }
}

/** A namespace that the backup does not hold itself is one without labels. */
function placeOf(places: ReadonlyMap<string, Place>, namespace: string): Place {
  return places.get(namespace) ?? { labels: labelSetOf(undefined), here: false };
}

function unlisted(resource: string): { kind: string; target: Finding } {
  return {
    kind: resource,
    target: { verdict: "notAsked", reason: `the manifest does not say what ${resource} are` },
  };
}

function metadataOf(text: string): { namespace: string | undefined; name: string; labels: unknown } {
  const { metadata } = JSON.parse(text) as {
    metadata: { namespace?: string; name: string; labels?: unknown };
  };
  return { namespace: metadata.namespace, name: metadata.name, labels: metadata.labels };
}
