import type { ManifestFile } from "../archive/format/manifest.ts";
import { LinesInOrder } from "../archive/lines/lines-in-order.ts";
import type { Archive } from "../archive/reader.ts";
import { discoverResources } from "../cluster/discovery.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { NAMESPACES, type Resource, resourceName } from "../kubernetes/resource.ts";
import { keptSystemObjects, type SystemTerm } from "../objects/kept-system-objects.ts";
import { NeverBackedUp } from "../objects/never-backed-up.ts";
import { concurrently } from "../restore/concurrency/concurrently.ts";
import { ArchivedObjects } from "../restore/source/archived-objects.ts";
import { describeNeverBackedUp } from "../restore/source/describe-never-backed-up.ts";
import { findUnmetReferences } from "../restore/unmet/find-unmet.ts";
import type { Log } from "../terminal/log/log.ts";
import { DryRunCreator } from "./dry-run-creator.ts";
import { type LiveNamespaces, readLiveNamespaces } from "./live-namespaces.ts";
import { RehearsalReport, type RehearsedItem } from "./rehearsal-report.ts";
import { type Round, roundsOf } from "./rehearsal-rounds.ts";
import { type LabelSet, labelSetOf } from "./scratch-label.ts";
import { ScratchNamespaces } from "./scratch-namespaces.ts";
import { ACCEPTED, type Finding, servedResource } from "./verdict.ts";

/** Requests in flight: fewer than in a restore, since the cluster serves its workloads meanwhile. */
const IN_FLIGHT = { limit: 8 };

const CRDS = "customresourcedefinitions.apiextensions.k8s.io";
const CRD_IN_BACKUP = "The backup holds its definition, which a restore makes first: no failure";

/** Options of {@link rehearse}. */
export interface RehearseOptions {
  client: ApiClient;
  /** The verified backup. */
  archive: Archive;
  log: Log;
  /** Returns a random suffix for the name of a scratch namespace: at most 40 letters and digits. */
  random: () => string;
  /** Single objects of kube-system that a restore would write; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  /** Awaited before each object: resolves when the API server may be asked. At once by default. */
  turn?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Called after each object. */
  onObject?: ((item: RehearsedItem) => void) | undefined;
}

/** A namespace of the backup, and its state in this cluster. */
interface ArchivedNamespace {
  labels: LabelSet;
  exists: boolean;
  /** The verdict on all objects of a namespace that a restore could not create. */
  verdictOnObjects?: Finding;
}

/** The context of one rehearsal. */
interface Rehearsal extends RehearseOptions {
  never: NeverBackedUp;
  report: RehearsalReport;
  creator: DryRunCreator;
  /** Each resource of the archive as this API server serves it, or why its objects cannot be rehearsed. */
  targets: ReadonlyMap<string, { kind: string; target: Resource | Finding }>;
  namespaces: ReadonlyMap<string, ArchivedNamespace>;
  /** Custom resources whose CRD is in the archive and accepted: a restore creates the CRD first. */
  acceptedCrds: Set<string>;
}

/**
 * Asks the API server whether it would create each object of an archive now. All requests are dry runs:
 * admission and validation run, and nothing is stored. Objects whose namespace does not exist are
 * created in a scratch namespace with the same labels, which is deleted afterwards.
 *
 * Refused objects are in the report. Errors that end the rehearsal (an unreachable API server, a damaged
 * archive, an aborted signal) are thrown after the scratch namespaces are deleted.
 */
export async function rehearse(options: RehearseOptions, signal: AbortSignal): Promise<RehearsalReport> {
  const { client, archive, log, onObject } = options;
  const report = new RehearsalReport(onObject, archive.manifest.resources);
  const creator = new DryRunCreator(client, report);
  const served = await discoverResources(client, signal);
  const targets = new Map(
    archive.manifest.resources.map((archived) => [
      resourceName(archived),
      { kind: archived.kind, target: servedResource(archived, served) },
    ]),
  );
  const live = await readLiveNamespaces(options, signal);
  const never = new NeverBackedUp({
    keeps: keptSystemObjects(options.keepKubeSystem),
    keepFinished: archive.manifest.keepFinished,
  });
  const namespaces = await rehearseNamespaces({ archive, report, creator, live, never }, signal);
  const rehearsal: Rehearsal = {
    ...options,
    never,
    report,
    creator,
    targets,
    namespaces,
    acceptedCrds: new Set(),
  };
  const scratchLabels = (namespace: string) => {
    const { exists, labels } = namespaceOf(namespaces, namespace);
    return exists ? undefined : labels;
  };
  for (const round of roundsOf(archive, scratchLabels)) {
    await rehearseRound(rehearsal, round, signal);
    log.debug({ resources: round.length, accepted: report.total("accepted") }, "Rehearsed");
  }
  const note = describeNeverBackedUp(never, "not asked about");
  if (note !== undefined) log.warn(note);
  for (const item of report.items) {
    // Where the cluster serves it in other versions, its own definition stays, and the objects would fail.
    if (item.unserved !== true || !rehearsal.acceptedCrds.has(item.resource)) continue;
    item.definitionFirst = true;
    item.advice = CRD_IN_BACKUP;
  }
  const source = new ArchivedObjects({ archive, keeps: keptSystemObjects(options.keepKubeSystem) });
  const known = {
    named: (name: string) => served.find((each) => resourceName(each) === name),
    ofKind: (group: string, kind: string) =>
      served.find((each) => each.group === group && each.kind === kind),
  };
  report.unmet.push(...(await findUnmetReferences({ client, archive, source, served: known }, signal)));
  return report;
}

/** Rehearses the namespaces of the archive, and returns their state by name. */
async function rehearseNamespaces(
  {
    archive,
    report,
    creator,
    live,
    never,
  }: {
    archive: Archive;
    report: RehearsalReport;
    creator: DryRunCreator;
    live: LiveNamespaces;
    never: NeverBackedUp;
  },
  signal: AbortSignal,
): Promise<Map<string, ArchivedNamespace>> {
  const namespaces = new Map<string, ArchivedNamespace>();
  const resource = resourceName(NAMESPACES);
  for (const file of archive.files.objectsOf(resource)) {
    await concurrently(archive.objects(file, signal), IN_FLIGHT, async (text) => {
      if (never.has(NAMESPACES, JSON.parse(text))) return;
      const { name, labels } = metadataOf(text);
      const key = { namespace: undefined, name };
      const { exists, hidden } = await live.find(name, signal);
      // Who may not list namespaces may not create one: a restore leaves the one that is there as it is.
      const stays = !live.listed && exists && !hidden;
      const finding = stays
        ? ACCEPTED
        : await creator.createClusterScoped({ resource: NAMESPACES, key, text }, signal);
      report.count({ resource, kind: NAMESPACES.kind, ...key, ...finding });
      const state = { labels: labelSetOf(labels), exists };
      const verdictOnObjects: Finding = {
        verdict: "refused",
        reason: `its namespace ${name} would not come back`,
      };
      namespaces.set(
        name,
        finding.verdict === "refused" && !state.exists ? { ...state, verdictOnObjects } : state,
      );
    });
  }
  return namespaces;
}

async function rehearseRound(rehearsal: Rehearsal, round: Round, signal: AbortSignal): Promise<void> {
  const { report, creator, targets, namespaces, acceptedCrds } = rehearsal;
  const scratches = new ScratchNamespaces(rehearsal);
  try {
    await concurrently(objectsOf(rehearsal, round, signal), IN_FLIGHT, async ({ text, resource }) => {
      await rehearsal.turn?.(signal);
      const { namespace, name } = metadataOf(text);
      const { kind, target } = targets.get(resource) ?? unlistedResource(resource);
      const findingOfObject = async (): Promise<Finding> => {
        if ("verdict" in target) return target;
        if (namespace === undefined)
          return await creator.createClusterScoped(
            { resource: target, key: { namespace, name }, text },
            signal,
          );
        const { verdictOnObjects, labels, exists } = namespaceOf(namespaces, namespace);
        const key = { namespace, name };
        return (
          verdictOnObjects ??
          (await creator.createNamespaced(
            { resource: target, key, text, labels, namespaceExists: exists },
            scratches,
            signal,
          ))
        );
      };
      const finding = await findingOfObject();
      if (resource === CRDS && finding.verdict === "accepted") acceptedCrds.add(name);
      report.count({ resource, kind, namespace, name, ...finding });
    });
  } finally {
    await scratches.deleteAll();
  }
}

/** The objects of all files that a restore would write, as one stream, so that many small files are as fast as one large file. */
async function* objectsOf(
  { archive, never }: Rehearsal,
  round: Round,
  signal: AbortSignal,
): AsyncGenerator<{ text: string; resource: string }> {
  for (const file of filesOf(round)) {
    const resource = archive.manifest.resources.find((each) => resourceName(each) === file.resource);
    if (resource === undefined) continue;
    const ownersOf = new LinesInOrder(archive.owners(file, signal));
    try {
      for await (const text of archive.objects(file, signal)) {
        const owners = (await ownersOf.next(metadataOf(text).name))?.owners;
        // A restore does not write these.
        if (!never.has(resource, JSON.parse(text) as JsonObject, owners))
          yield { text, resource: file.resource ?? "" };
      }
    } finally {
      await ownersOf.close();
    }
  }
}

function* filesOf(round: Round): Generator<ManifestFile> {
  for (const files of round) yield* files;
}

/** A namespace whose Namespace object is not in the backup has no labels. */
function namespaceOf(
  namespaces: ReadonlyMap<string, ArchivedNamespace>,
  namespace: string,
): ArchivedNamespace {
  return namespaces.get(namespace) ?? { labels: labelSetOf(undefined), exists: false };
}

function unlistedResource(resource: string): { kind: string; target: Finding } {
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
