import type { ManifestResource } from "../../archive/format/manifest.ts";
import type { Archive } from "../../archive/reader.ts";
import type { Output } from "../../command-line/output.ts";
import {
  describeUnreadResources,
  findObjects,
  readObjects,
  resourcesInOrder,
} from "../../command-line/read-backup-objects.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { createObjectWriter, type ObjectWriter } from "../../print/object-writer.ts";
import { describeAmbiguousNames } from "../../selection/resources-by-name.ts";
import type { NamedObject } from "../../selection/selection.ts";
import type { Log } from "../../terminal/log/log.ts";
import type { GetFlags, GetRequest } from "./get-request.ts";
import { type MissingObject, notFound } from "./not-found.ts";

/** Options of {@link showObjects}. */
export interface ShowObjectsOptions {
  request: GetRequest;
  flags: GetFlags & { headers: boolean };
  /** The namespace to read; undefined for all namespaces. */
  namespace: string | undefined;
  output: Output;
  log: Log;
}

/**
 * Shows objects of a backup.
 *
 * @throws {UsageError} naming kinds that the backup does not contain.
 * @throws {OperatorError} when a named object is not in the backup. The other objects are shown all the same.
 */
export async function showObjects(
  archive: Archive,
  { request, flags, namespace, output, log }: ShowObjectsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kinds, objects, format } = request;
  const resources = resourcesInOrder(archive, kinds);
  for (const note of describeAmbiguousNames(archive.manifest.resources, kinds)) log.info(note);
  const requested = new Set(resources.map(resourceName));
  for (const warning of describeUnreadResources(archive, (resource) => requested.has(resource)))
    log.warn(warning);
  const writer = createObjectWriter(format, {
    single: objects?.length === 1,
    namespaces: namespace === undefined,
    kinds: resources.length > 1,
    titles: flags.headers,
    width: output.width,
    document: (text) => output.document(text),
    lines: (lines) => output.lines(lines),
  });
  if (objects !== undefined) {
    await showNamed(archive, { objects, namespace: namespace ?? "", writer }, signal);
    return;
  }
  const { selector, "field-selector": fieldSelector } = flags;
  let empty = true;
  for await (const { resource, object } of readObjects(
    archive,
    { resources, namespace, selector, fieldSelector },
    signal,
  )) {
    empty = false;
    writer.add(resource, object);
  }
  writer.end();
  if (empty && format.kind === "table") log.info(emptyMessage(archive, resources, namespace));
}

async function showNamed(
  archive: Archive,
  {
    objects,
    namespace,
    writer,
  }: { objects: readonly NamedObject[]; namespace: string; writer: ObjectWriter },
  signal: AbortSignal,
): Promise<void> {
  const missing: MissingObject[] = [];
  let shown = 0;
  for (const { requested, resources, found } of await findObjects(archive, { objects, namespace }, signal)) {
    const [resource] = resources;
    if (found !== undefined) {
      writer.add(found.resource, found.object);
      shown += 1;
    } else if (resource !== undefined) {
      missing.push({
        resource,
        namespace: resource.namespaced ? namespace : undefined,
        name: requested.name,
      });
    }
  }
  if (shown > 0) writer.end();
  if (missing.length > 0) throw await notFound(archive, missing, signal);
}

/** kubectl's message for an empty result, which also says whether the backup has the namespace. */
function emptyMessage(
  { name, files }: Archive,
  resources: readonly ManifestResource[],
  namespace: string | undefined,
): string {
  if (namespace === undefined || resources.every(({ namespaced }) => !namespaced))
    return "No resources found";
  const message = `No resources found in ${namespace} namespace.`;
  const holds = files.namespaces().has(namespace);
  return holds ? message : `${message} ${name} holds nothing at all in it`;
}
