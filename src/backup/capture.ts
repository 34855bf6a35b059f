import { warningsOf } from "../archive/format/lacking.ts";
import type { ManifestFacts, ManifestResource } from "../archive/format/manifest.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import { listUids } from "../cluster/lists/list-uids.ts";
import { readVersion } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { NAMESPACES, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { EXCLUDE_SELECTORS, ownersFirst, ownersToLookFor } from "../objects/excluded.ts";
import { keptSystemObjects, SYSTEM_NAMESPACE, type SystemTerm } from "../objects/kept-system-objects.ts";
import { readOwnObjects } from "../program/read-own-objects.ts";
import { compileNamespaces } from "../selection/namespaces.ts";
import type { Log } from "../terminal/log/log.ts";
import type { EndedCapture, PinnedCapture } from "./backup-observer.ts";
import { captureNamespaces } from "./capture-namespaces.ts";
import { captureResource } from "./capture-resource.ts";
import { clusterFacts } from "./cluster-facts.ts";
import { DefinitionWarnings } from "./definition-warnings.ts";
import { type CaptureScope, findResources } from "./find-resources.ts";
import { KnownSystemObjects } from "./known-system-objects.ts";
import { LeftOutCounts } from "./left-out-counts.ts";
import { MissingReferences } from "./missing-references.ts";
import { countNotKept } from "./not-kept.ts";
import { prefetchPages } from "./pages-at-revision.ts";
import { SystemBindings } from "./system-bindings.ts";

/** Namespaces, as discovery would describe them. */
const SERVED_NAMESPACES: ServedResource = { ...NAMESPACES, versions: [NAMESPACES.version], verbs: ["list"] };

/** A backup of so few namespaces lists them one by one. */
const FEW_NAMESPACES = 4;

/** Options of {@link capture}. */
export interface CaptureOptions extends CaptureScope {
  /** Single objects of kube-system to back up; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  /** The namespace of the program, whose own objects are left out; kube-system by default. */
  programNamespace?: string | undefined;
  /** CLUSTER_NAME. */
  clusterName?: string | undefined;
  /** Milliseconds from one backup to the next, where a loop takes it. */
  interval?: number | undefined;
  client: ApiClient;
  /** Called with the number of further objects that were read. */
  onObjects?: ((count: number) => void) | undefined;
  /** Called when the resource version is known, and when everything is read. */
  onPinned?: ((capture: PinnedCapture) => void) | undefined;
  onCaptured?: ((capture: EndedCapture) => void) | undefined;
  log: Log;
}

/** The facts of the manifest that a capture finds out. */
export type Captured = Pick<
  ManifestFacts,
  | "cluster"
  | "parent"
  | "intervalSeconds"
  | "revision"
  | "oneMoment"
  | "scope"
  | "missing"
  | "excluded"
  | "warnings"
  | "lacking"
  | "notKept"
  | "resources"
  | "leftOut"
  | "keepFinished"
>;

/**
 * Captures the cluster into an archive, at one point in time: the etcd revision of the list of namespaces.
 *
 * A resource that cannot be read is missing from the backup, and the manifest records it: an unavailable
 * aggregated API server must not prevent the backup of all other resources.
 *
 * @throws {RevisionCompactedError} when the revision is compacted during the capture. The caller starts again
 * with a new archive.
 * @throws {OperatorError} when none of the resources can be read.
 */
export async function capture(
  options: CaptureOptions,
  archive: Pick<ArchiveWriter, "add">,
  signal: AbortSignal,
): Promise<Captured> {
  const { client, log } = options;
  const [selected, kubernetesVersion, isOwn] = await Promise.all([
    findResources(client, options, signal),
    readVersion(client, signal),
    readOwnObjects(client, options.programNamespace, signal),
  ]);
  for (const note of selected.notes) log.info(note);
  const { clusterId, flag, namespaces, exclusions, ...namespacesCapture } = await captureNamespaces(
    options,
    archive,
    signal,
  );
  const { revision } = namespacesCapture.resource;
  const keeps = keptSystemObjects(options.keepKubeSystem);
  options.onPinned?.({
    ...{ revision, clusterId, keeps, isOwn, keepFinished: selected.keepFinished },
    resources: [SERVED_NAMESPACES, ...selected.resources],
    isInScope: compileNamespaces(options),
  });
  const missingReferences = new MissingReferences(
    ["namespaces", ...selected.resources.map(resourceName)],
    selected.served,
  );
  const systemBindings = new SystemBindings(namespaces);
  const leftOut = new LeftOutCounts();
  const definitions = new DefinitionWarnings(selected.resources);
  const systemObjects = new KnownSystemObjects();
  const shared = {
    namespaces,
    exclusions,
    missingReferences,
    systemBindings,
    systemObjects,
    keeps,
    leftOut,
    definitions,
    isOwn,
  };
  const resources: ManifestResource[] = [namespacesCapture.resource];
  const missing = [...selected.missing];
  const excluded = new Map<string, number>();
  if (exclusions.namespaces.size > 0) excluded.set(resourceName(NAMESPACES), exclusions.namespaces.size);
  let firstError: unknown;
  const where = {
    revision,
    namespaces: fewNamespaces(options, [
      ...namespaces,
      ...exclusions.namespaces,
      ...((options.keepKubeSystem ?? []).length > 0 ? [SYSTEM_NAMESPACE] : []),
    ]),
  };
  // The labels of owners that are captured themselves are seen then.
  const captured = new Set(selected.resources.map(resourceName));
  const owners = ownersToLookFor(selected.served, selected.resources).filter(
    (owner) => !captured.has(resourceName(owner)),
  );
  const labelled = { resources: owners, labelSelectors: EXCLUDE_SELECTORS, ...where };
  exclusions.addOwners(await listUids(client, labelled, signal));
  for (const found of prefetchPages(client, ownersFirst(selected.resources), where, signal)) {
    const { resource } = found;
    const keepFinished = selected.keepFinished.has(resourceName(resource));
    const result = await captureResource(
      options,
      archive,
      { ...found, ...shared, revision, keepFinished },
      signal,
    );
    resources.push(result.resource);
    if (result.resource.objects > 0) missingReferences.addResource(resource);
    if (result.excluded > 0) excluded.set(resourceName(resource), result.excluded);
    if (result.failure === undefined) continue;
    firstError ??= result.failure.error;
    missing.push({ resource: resourceName(resource), reason: result.failure.reason });
  }
  if (firstError !== undefined && missing.length === selected.resources.length + selected.missing.length)
    throw firstError;
  const failed = new Set(missing.map(({ resource }) => resource));
  const whole = resources.filter((each) => each.sameMoment && !failed.has(resourceName(each)));
  options.onCaptured?.({ whole: new Set(whole.map(resourceName)), exclusions });
  const unpinned = resources.filter(({ sameMoment }) => !sameMoment).map(describeUnpinned);
  const warnings = [
    ...selected.warnings,
    ...unpinned,
    ...systemBindings.warnings(),
    ...definitions.warnings(),
    ...systemObjects.warnings(),
  ];
  const [lacking, notKept] = await Promise.all([
    missingReferences.lacking(client, selected.served, signal),
    countNotKept(client, selected.notKept, { scoped: scopeOf(options).scope !== undefined }, signal),
  ]);
  for (const { resource, reason } of missing) log.error({ resource, reason }, "Missing from this backup");
  for (const warning of warningsOf({ warnings, lacking })) log.warn(warning);
  if (excluded.size > 0) log.info(Object.fromEntries(excluded), "Left out by a label");
  leftOut.tell(log);
  return {
    ...clusterFacts(options, { clusterId, kubernetesVersion, flag }),
    revision,
    oneMoment: unpinned.length === 0,
    ...scopeOf(options),
    missing,
    excluded: Object.fromEntries(excluded),
    warnings,
    ...(lacking.length > 0 ? { lacking } : {}),
    ...(notKept.length > 0 ? { notKept } : {}),
    resources: inOrder(resources, selected.resources),
    ...(leftOut.counts.length > 0 ? { leftOut: leftOut.counts } : {}),
    ...(selected.keepFinished.size > 0 ? { keepFinished: [...selected.keepFinished] } : {}),
  };
}

/** Resources as the manifest has them: Namespaces, and then in the order in which they were selected. */
function inOrder(
  resources: readonly ManifestResource[],
  selected: readonly ServedResource[],
): ManifestResource[] {
  const places = new Map(selected.map((resource, place) => [resourceName(resource), place]));
  const placeOf = (resource: ManifestResource) => places.get(resourceName(resource)) ?? -1;
  return resources.toSorted((one, other) => placeOf(one) - placeOf(other));
}

/** The scope as the manifest has it; nothing where the backup is of all namespaces. */
function scopeOf({ includeNamespaces, excludeNamespaces }: CaptureScope): Pick<ManifestFacts, "scope"> {
  if (includeNamespaces === undefined && excludeNamespaces === undefined) return {};
  return {
    scope: {
      ...(includeNamespaces === undefined ? {} : { includeNamespaces: [...includeNamespaces] }),
      ...(excludeNamespaces === undefined ? {} : { excludeNamespaces: [...excludeNamespaces] }),
    },
  };
}

/** The namespaces to list one by one, rather than the whole cluster; undefined where they are many. */
function fewNamespaces(
  { includeNamespaces }: CaptureScope,
  namespaces: readonly string[],
): readonly string[] | undefined {
  return includeNamespaces !== undefined && namespaces.length <= FEW_NAMESPACES
    ? namespaces.toSorted()
    : undefined;
}

function describeUnpinned(resource: ManifestResource): string {
  return `${resourceName(resource)} are of the resource version ${resource.revision}, not of the moment of the rest: the server that keeps them cannot list a past moment`;
}
