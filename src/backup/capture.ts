import type { ManifestFacts, ManifestResource } from "../archive/manifest.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import type { ApiClient } from "../cluster/api-client.ts";
import { ApiError } from "../cluster/api-error.ts";
import { discoverResources, pickResources, type ServedResource } from "../cluster/discovery.ts";
import { type ListPage, listPages } from "../cluster/list.ts";
import { readVersion } from "../cluster/objects.ts";
import { NAMESPACES, type Resource, resourceName } from "../cluster/resource.ts";
import { OperatorError } from "../errors.ts";
import { portable } from "../objects/portable.ts";
import type { Log } from "../terminal/log.ts";

/** What capturing needs. */
export interface CaptureOptions {
  client: ApiClient;
  /** Names of the resources to capture, `deployments.apps`, namespaces aside, which always are. */
  resources: readonly string[];
  log: Log;
}

/** What was captured, as the manifest records it. */
export type Captured = Pick<ManifestFacts, "cluster" | "revision" | "oneMoment" | "warnings" | "resources">;

/**
 * Reads the cluster into an archive, everything at the etcd revision of the namespaces' list.
 *
 * @throws {RevisionCompactedError} when that revision went away meanwhile: to be started again with
 * a new archive.
 */
export async function capture(
  options: CaptureOptions,
  archive: ArchiveWriter,
  signal: AbortSignal,
): Promise<Captured> {
  const { client } = options;
  const [served, kubernetesVersion] = await Promise.all([
    discoverResources(client, signal),
    readVersion(client, signal),
  ]);
  const wanted = pickResources(served, options.resources);

  const { clusterId, namespaces, ...first } = await captureNamespaces(client, archive, signal);
  const resources: ManifestResource[] = [first.resource];
  const warnings: string[] = [];
  for (const resource of wanted) {
    const captured = await captureResource(
      options,
      archive,
      { resource, revision: first.resource.revision, namespaces },
      signal,
    );
    resources.push(captured);
    if (captured.sameMoment) continue;
    const warning = `${resourceName(resource)} are of the resource version ${captured.revision}, not of the moment of the rest: the server that keeps them cannot list a past moment`;
    warnings.push(warning);
    options.log.warn({ resource: resourceName(resource), revision: captured.revision }, warning);
  }
  return {
    cluster: { id: clusterId, kubernetesVersion },
    revision: first.resource.revision,
    oneMoment: warnings.length === 0,
    warnings,
    resources,
  };
}

async function captureNamespaces(
  client: ApiClient,
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
      const object = portable(NAMESPACES.kind, item);
      if (object === undefined) continue;
      namespaces.add(object.name);
      await archive.add({ ...object, resource: NAMESPACES }, signal);
    }
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

async function captureResource(
  { client, log }: CaptureOptions,
  archive: ArchiveWriter,
  {
    resource,
    revision,
    namespaces,
  }: { resource: ServedResource; revision: string; namespaces: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<ManifestResource> {
  const { group, version, kind, namespaced, singular, shortNames, categories } = resource;
  let objects = 0;
  let reached = revision;
  let sameMoment = true;
  for await (const page of pagesOfMoment(client, resource, revision, signal)) {
    reached = page.revision;
    sameMoment &&= page.pinned && page.revision === revision;
    for (const item of page.items) {
      const object = portable(kind, item, namespaces);
      if (object === undefined) continue;
      objects += 1;
      await archive.add({ ...object, resource }, signal);
    }
  }
  log.debug({ resource: resourceName(resource), objects, revision: reached }, "Captured");
  return {
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
  };
}

/**
 * The pages of a resource at a revision; where its server cannot list a past moment (an aggregated
 * API with a store of its own), the pages of now, not pinned. Only the first page can say so:
 * nothing of the resource is in the archive yet.
 */
async function* pagesOfMoment(
  client: ApiClient,
  resource: Resource,
  revision: string,
  signal: AbortSignal,
): AsyncGenerator<ListPage & { pinned: boolean }> {
  let begun = false;
  try {
    for await (const page of listPages(client, resource, { revision }, signal)) {
      begun = true;
      yield { ...page, pinned: true };
    }
    return;
  } catch (error) {
    if (begun || !cannotListThePast(error)) throw error;
  }
  for await (const page of listPages(client, resource, {}, signal)) yield { ...page, pinned: false };
}

/** Refused for what was asked, not for who asked or how busy the server is. */
function cannotListThePast(error: unknown): boolean {
  return error instanceof ApiError && ![401, 403, 404, 429].includes(error.status);
}
