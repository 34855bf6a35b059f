import type { ManifestFacts, ManifestResource } from "../archive/format/manifest.ts";
import type { ArchiveObject, ArchiveWriter } from "../archive/writer.ts";
import { listPages } from "../cluster/lists/list.ts";
import { readVersion } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { ApiError } from "../cluster/requests/api-error.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import { type PortableObject, portable } from "../objects/portable.ts";
import type { KindsExpression } from "../selection/kinds-expression.ts";
import type { Log } from "../terminal/log/log.ts";
import { findResources } from "./find-resources.ts";
import { Lacking } from "./missing-references.ts";
import { type MomentPage, pagesOfResources } from "./pages-at-revision.ts";
import { SystemBindings } from "./system-bindings.ts";

/** What capturing needs. */
export interface CaptureOptions {
  client: ApiClient;
  /** Which kinds to capture, namespaces aside, which always are; the default ones without it. */
  kinds?: KindsExpression | undefined;
  /** Told of so many more objects. */
  onObjects?: ((count: number) => void) | undefined;
  log: Log;
}

/** What was captured, as the manifest records it. */
export type Captured = Pick<
  ManifestFacts,
  "cluster" | "revision" | "oneMoment" | "missing" | "warnings" | "resources"
>;

/**
 * Reads the cluster into an archive, everything at the etcd revision of the namespaces' list.
 *
 * A resource that cannot be read is missing from the backup, and the manifest says so: a server behind
 * the API server that is down must not keep all else from being backed up.
 *
 * @throws {RevisionCompactedError} when that revision went away meanwhile: to be started again with
 * a new archive.
 * @throws {OperatorError} when none of the resources can be read.
 */
export async function capture(
  options: CaptureOptions,
  archive: ArchiveWriter,
  signal: AbortSignal,
): Promise<Captured> {
  const { client, log } = options;
  const [wanted, kubernetesVersion] = await Promise.all([
    findResources(client, options.kinds, signal),
    readVersion(client, signal),
  ]);
  const { clusterId, namespaces, ...first } = await captureNamespaces(options, archive, signal);
  const { revision } = first.resource;
  const lacking = new Lacking(["namespaces", ...wanted.resources.map(resourceName)]);
  const systemBindings = new SystemBindings(namespaces);
  const resources: ManifestResource[] = [first.resource];
  const missing = [...wanted.missing];
  let refused: unknown;
  for (const found of pagesOfResources(client, wanted.resources, revision, signal)) {
    const { resource } = found;
    const captured = await captureResource(
      options,
      archive,
      { ...found, revision, namespaces, lacking, systemBindings },
      signal,
    );
    resources.push(captured.resource);
    if (captured.failure === undefined) continue;
    refused ??= captured.failure.error;
    missing.push({ resource: resourceName(resource), reason: captured.failure.reason });
  }
  if (refused !== undefined && missing.length === wanted.resources.length + wanted.missing.length)
    throw refused;
  const late = resources.filter(({ sameMoment }) => !sameMoment).map(describeLate);
  const warnings = [
    ...wanted.warnings,
    ...late,
    ...(await lacking.warnings(client, wanted.served, signal)),
    ...systemBindings.warnings(),
  ];
  for (const { resource, reason } of missing) log.error({ resource, reason }, "Missing from this backup");
  for (const warning of warnings) log.warn(warning);
  const cluster = { id: clusterId, kubernetesVersion };
  return { cluster, revision, oneMoment: late.length === 0, missing, warnings, resources };
}

function describeLate(resource: ManifestResource): string {
  return `${resourceName(resource)} are of the resource version ${resource.revision}, not of the moment of the rest: the server that keeps them cannot list a past moment`;
}

async function captureNamespaces(
  { client, onObjects }: CaptureOptions,
  archive: ArchiveWriter,
  signal: AbortSignal,
): Promise<{ clusterId: string; namespaces: Set<string>; resource: ManifestResource }> {
  const namespaces = new Set<string>();
  let clusterId: string | undefined;
  let revision = "";
  for await (const page of listPages(client, NAMESPACES, {}, signal)) {
    revision = page.revision;
    for (const item of page.items) {
      const metadata = item["metadata"] as { name: string; uid: string };
      if (metadata.name === "kube-system") clusterId = metadata.uid;
      const object = portable(NAMESPACES, item);
      if (object === undefined) continue;
      namespaces.add(object.name);
      await archive.add(archived(NAMESPACES, object), signal);
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

/** An object as the archive takes it. Its text is not joined before: most of its bytes are those that came. */
function archived(
  resource: Resource,
  { namespace, name, pieces, owners, managers, status }: PortableObject,
): ArchiveObject {
  return { resource, namespace, name, text: pieces, owners, managers, status };
}

/** What captureResource needs besides. */
interface ResourceToCapture {
  resource: ServedResource;
  pages: AsyncIterable<MomentPage>;
  revision: string;
  namespaces: ReadonlySet<string>;
  lacking: Lacking;
  systemBindings: SystemBindings;
}

/** Why a resource, or the rest of it, could not be captured. */
interface Failure {
  error: Error;
  reason: string;
}

/** Captures a resource, or what of it can be had: then with the failure that ended it. */
async function captureResource(
  { log, onObjects }: CaptureOptions,
  archive: ArchiveWriter,
  { resource, pages, revision, namespaces, lacking, systemBindings }: ResourceToCapture,
  signal: AbortSignal,
): Promise<{ resource: ManifestResource; failure: Failure | undefined }> {
  const { group, version, kind, namespaced, singular, shortNames, categories } = resource;
  let objects = 0;
  let reached = revision;
  let sameMoment = true;
  let failure: Failure | undefined;
  try {
    for await (using page of pages) {
      reached = page.revision;
      sameMoment &&= page.pinned && page.revision === revision;
      for (const item of page.items) {
        const object = portable(resource, item, namespaces);
        if (object === undefined) {
          systemBindings.add(kind, item);
          continue;
        }
        if (!object.owners.some(({ controller }) => controller === true)) lacking.add(kind, item);
        objects += 1;
        await archive.add(archived(resource, object), signal);
      }
      onObjects?.(page.items.length);
    }
  } catch (error) {
    failure = failureOfOne(error);
  }
  log.debug({ resource: resourceName(resource), objects, revision: reached }, "Captured");
  return {
    resource: {
      group,
      version,
      resource: resource.resource,
      kind,
      namespaced,
      ...(singular === undefined ? {} : { singular }),
      ...(shortNames === undefined ? {} : { shortNames }),
      ...(categories === undefined ? {} : { categories }),
      objects,
      revision: reached,
      sameMoment,
    },
    failure,
  };
}

/**
 * Why one resource could not be read.
 *
 * @throws the error itself where it concerns all the rest as well: refused credentials, a lost connection.
 */
function failureOfOne(error: unknown): Failure {
  if (error instanceof ApiError && !error.concernsEveryRequest) return { error, reason: error.said };
  // The engine's stack ends: whoever may create such an object must not keep all else from being backed up.
  if (error instanceof RangeError) {
    return { error, reason: "an object of it is nested thousands of levels deep, which cannot be followed" };
  }
  throw error;
}
