import type { ManifestFacts, ManifestResource } from "../archive/format/manifest.ts";
import type { ArchiveObject, ArchiveWriter } from "../archive/writer.ts";
import { listPages } from "../cluster/lists/list.ts";
import { listUids } from "../cluster/lists/list-uids.ts";
import { readVersion } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { candidateOf, EXCLUDE_SELECTORS, Exclusions, ownersToLookFor } from "../objects/excluded.ts";
import {
  type KeepsSystemObject,
  keptSystemObjects,
  SYSTEM_NAMESPACE,
  type SystemTerm,
} from "../objects/kept-system-objects.ts";
import type { ObjectRule } from "../objects/objects-left-out.ts";
import { type PortableObject, portable } from "../objects/portable.ts";
import { compileNamespaces } from "../selection/namespaces.ts";
import type { Log } from "../terminal/log/log.ts";
import { DefinitionWarnings } from "./definition-warnings.ts";
import { type CaptureScope, findResources } from "./find-resources.ts";
import { KnownSystemObjects } from "./known-system-objects.ts";
import { LeftOutCounts } from "./left-out-counts.ts";
import { MissingReferences } from "./missing-references.ts";
import { type PageAtRevision, prefetchPages } from "./pages-at-revision.ts";
import { SystemBindings } from "./system-bindings.ts";

/** A backup of so few namespaces lists them one by one. */
const FEW_NAMESPACES = 4;

/** Options of {@link capture}. */
export interface CaptureOptions extends CaptureScope {
  /** Single objects of kube-system to back up; none by default. */
  keepKubeSystem?: readonly SystemTerm[] | undefined;
  client: ApiClient;
  /** Called with the number of further objects that were read. */
  onObjects?: ((count: number) => void) | undefined;
  log: Log;
}

/** The facts of the manifest that a capture finds out. */
export type Captured = Pick<
  ManifestFacts,
  | "cluster"
  | "revision"
  | "oneMoment"
  | "scope"
  | "missing"
  | "excluded"
  | "warnings"
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
  archive: ArchiveWriter,
  signal: AbortSignal,
): Promise<Captured> {
  const { client, log } = options;
  const [selected, kubernetesVersion] = await Promise.all([
    findResources(client, options, signal),
    readVersion(client, signal),
  ]);
  for (const note of selected.notes) log.info(note);
  const { clusterId, namespaces, exclusions, ...namespacesCapture } = await captureNamespaces(
    options,
    archive,
    signal,
  );
  const { revision } = namespacesCapture.resource;
  const missingReferences = new MissingReferences(
    ["namespaces", ...selected.resources.map(resourceName)],
    selected.served,
  );
  const systemBindings = new SystemBindings(namespaces);
  const leftOut = new LeftOutCounts();
  const definitions = new DefinitionWarnings(selected.resources);
  const systemObjects = new KnownSystemObjects();
  const keeps = keptSystemObjects(options.keepKubeSystem);
  const shared = {
    namespaces,
    exclusions,
    missingReferences,
    systemBindings,
    systemObjects,
    keeps,
    leftOut,
    definitions,
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
  const owners = ownersToLookFor(selected.served, selected.resources);
  const labelled = { resources: owners, labelSelectors: EXCLUDE_SELECTORS, ...where };
  exclusions.addOwners(await listUids(client, labelled, signal));
  for (const found of prefetchPages(client, selected.resources, where, signal)) {
    const { resource } = found;
    const keepFinished = selected.keepFinished.has(resourceName(resource));
    const captured = await captureResource(
      options,
      archive,
      { ...found, ...shared, revision, keepFinished },
      signal,
    );
    resources.push(captured.resource);
    if (captured.resource.objects > 0) missingReferences.addResource(resource);
    if (captured.excluded > 0) excluded.set(resourceName(resource), captured.excluded);
    if (captured.failure === undefined) continue;
    firstError ??= captured.failure.error;
    missing.push({ resource: resourceName(resource), reason: captured.failure.reason });
  }
  if (firstError !== undefined && missing.length === selected.resources.length + selected.missing.length)
    throw firstError;
  const unpinned = resources.filter(({ sameMoment }) => !sameMoment).map(describeUnpinned);
  const warnings = [
    ...selected.warnings,
    ...unpinned,
    ...(await missingReferences.warnings(client, selected.served, signal)),
    ...systemBindings.warnings(),
    ...definitions.warnings(),
    ...systemObjects.warnings(),
  ];
  for (const { resource, reason } of missing) log.error({ resource, reason }, "Missing from this backup");
  for (const warning of warnings) log.warn(warning);
  if (excluded.size > 0) log.info(Object.fromEntries(excluded), "Left out by a label");
  leftOut.tell(log);
  return {
    cluster: { id: clusterId, kubernetesVersion },
    revision,
    oneMoment: unpinned.length === 0,
    ...scopeOf(options),
    missing,
    excluded: Object.fromEntries(excluded),
    warnings,
    resources,
    ...(leftOut.counts.length > 0 ? { leftOut: leftOut.counts } : {}),
    ...(selected.keepFinished.size > 0 ? { keepFinished: [...selected.keepFinished] } : {}),
  };
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

async function captureNamespaces(
  { client, onObjects, ...scope }: CaptureOptions,
  archive: ArchiveWriter,
  signal: AbortSignal,
): Promise<{
  clusterId: string;
  namespaces: Set<string>;
  exclusions: Exclusions;
  resource: ManifestResource;
}> {
  const namespaces = new Set<string>();
  const exclusions = new Exclusions();
  const isInScope = compileNamespaces(scope);
  let clusterId: string | undefined;
  let revision = "";
  for await (const page of listPages(client, NAMESPACES, {}, signal)) {
    revision = page.revision;
    for (const item of page.items) {
      const metadata = item["metadata"] as { name: string; uid: string };
      if (metadata.name === "kube-system") clusterId = metadata.uid;
      if (!isInScope(metadata.name)) continue;
      if (exclusions.leaveOut(candidateOf(NAMESPACES.kind, item)))
        exclusions.addNamespace(metadata.name, item);
      const object = portable(NAMESPACES, item);
      if (object === undefined) continue;
      namespaces.add(object.name);
      await archive.add(toArchiveObject(NAMESPACES, object), signal);
    }
    onObjects?.(page.items.length);
  }
  if (clusterId === undefined) {
    throw new OperatorError("Cannot name the cluster: it has no namespace kube-system", {
      advice: "Check that the context is that of a Kubernetes cluster",
    });
  }
  return {
    clusterId,
    namespaces,
    exclusions,
    resource: {
      ...NAMESPACES,
      singular: "namespace",
      shortNames: ["ns"],
      objects: namespaces.size,
      revision,
      sameMoment: true,
    },
  };
}

/** Converts an object for the archive. The pieces of the text are not joined: most of their bytes are of the response. */
function toArchiveObject(
  resource: Resource,
  { namespace, name, pieces, owners, managers, status }: PortableObject,
): ArchiveObject {
  return { resource, namespace, name, text: pieces, owners, managers, status };
}

/** A resource to capture, and the context of the backup. */
interface ResourceToCapture {
  resource: ServedResource;
  pages: AsyncIterable<PageAtRevision>;
  revision: string;
  namespaces: ReadonlySet<string>;
  exclusions: Exclusions;
  missingReferences: MissingReferences;
  systemBindings: SystemBindings;
  leftOut: LeftOutCounts;
  /** Whether objects that have run are kept. */
  keepFinished: boolean;
  definitions: DefinitionWarnings;
  systemObjects: KnownSystemObjects;
  keeps: KeepsSystemObject;
}

/** Why a resource could not be captured completely. */
interface Failure {
  error: Error;
  reason: string;
}

/** Captures a resource. After a failure, the resource is captured in part, and the failure is returned. */
async function captureResource(
  { log, onObjects }: CaptureOptions,
  archive: ArchiveWriter,
  found: ResourceToCapture,
  signal: AbortSignal,
): Promise<{ resource: ManifestResource; excluded: number; failure: Failure | undefined }> {
  const { resource, pages, revision, namespaces, keeps, exclusions, missingReferences } = found;
  const { leftOut, keepFinished, definitions } = found;
  const { kind } = resource;
  let objects = 0;
  let excluded = 0;
  let lastRevision = revision;
  let sameMoment = true;
  let failure: Failure | undefined;
  const onLeftOut = (rule: ObjectRule) => leftOut.add(resource, rule);
  try {
    for await (using page of pages) {
      lastRevision = page.revision;
      sameMoment &&= page.pinned && page.revision === revision;
      for (const item of page.items) {
        const object = exclusions.hasExcludedController(item)
          ? undefined
          : portable(resource, item, namespaces, { keeps, keepFinished, onLeftOut });
        if (object === undefined) {
          const candidate = candidateOf(kind, item);
          const byLabel = exclusions.leaveOut(candidate);
          missingReferences.addLeftOut(resource, candidate, { byLabel });
          if (byLabel) excluded += 1;
          else {
            found.systemBindings.add(kind, item);
            found.systemObjects.add(candidate);
          }
          continue;
        }
        if (!object.owners.some(({ controller }) => controller === true)) missingReferences.add(kind, item);
        definitions.add(kind, item);
        objects += 1;
        await archive.add(toArchiveObject(resource, object), signal);
      }
      onObjects?.(page.items.length);
    }
  } catch (error) {
    failure = failureOfResource(error);
  }
  log.debug({ resource: resourceName(resource), objects, revision: lastRevision }, "Captured");
  return {
    resource: {
      ...manifestNames(resource),
      objects,
      revision: lastRevision,
      sameMoment,
    },
    excluded,
    failure,
  };
}

/** The names of a resource, without what the manifest does not have. */
function manifestNames({
  group,
  version,
  resource,
  kind,
  namespaced,
  singular,
  shortNames,
  categories,
}: ServedResource): Omit<ManifestResource, "objects" | "revision" | "sameMoment"> {
  return {
    group,
    version,
    resource,
    kind,
    namespaced,
    ...(singular === undefined ? {} : { singular }),
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  };
}

/**
 * The failure of one resource.
 *
 * @throws the error itself where it concerns every request: refused credentials, a lost connection.
 */
function failureOfResource(error: unknown): Failure {
  if (error instanceof ApiError && !error.concernsEveryRequest) return { error, reason: error.said };
  // A stack overflow: a user who can create such an object must not prevent the backup of all other resources.
  if (error instanceof RangeError) {
    return { error, reason: "an object of it is nested thousands of levels deep, which cannot be followed" };
  }
  throw error;
}
