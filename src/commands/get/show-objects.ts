import type { ManifestResource } from "../../archive/format/manifest.ts";
import type { Archive } from "../../archive/reader.ts";
import type { Output } from "../../command-line/output.ts";
import {
  describeUnreadResources,
  findObjects,
  readObjects,
  resourcesInOrder,
} from "../../command-line/read-backup-objects.ts";
import { isLiteral } from "../../command-line/target-namespaces.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { createObjectWriter, type ObjectWriter } from "../../print/object-writer.ts";
import { sortedWriter } from "../../print/sort-objects.ts";
import { compileNamespaces } from "../../selection/namespaces.ts";
import { describeAmbiguousNames } from "../../selection/resources-by-name.ts";
import type { NamedObject } from "../../selection/selection.ts";
import type { Log } from "../../terminal/log/log.ts";
import type { GetFlags, GetRequest } from "./get-request.ts";
import { type MissingObject, notFound } from "./not-found.ts";

/** Options of {@link showObjects}. */
export interface ShowObjectsOptions {
  request: GetRequest;
  flags: GetFlags & {
    headers: boolean;
    "label-columns"?: readonly string[] | undefined;
    "show-labels": boolean;
  };
  /** Names and patterns of the namespaces to read; undefined for all. */
  namespaces: readonly string[] | undefined;
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
  { request, flags, namespaces, output, log }: ShowObjectsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kinds, objects, format, sortBy } = request;
  const resources = resourcesInOrder(archive, kinds);
  for (const note of describeAmbiguousNames(archive.manifest.resources, kinds)) log.info(note);
  const requested = new Set(resources.map(resourceName));
  for (const warning of describeUnreadResources(archive, (resource) => requested.has(resource)))
    log.warn(warning);
  const isOne = namespaces?.length === 1 && namespaces.every(isLiteral);
  const unsorted = createObjectWriter(format, {
    single: objects?.length === 1 && isOne,
    namespaces: !isOne,
    kinds: resources.length > 1,
    titles: flags.headers,
    labelColumns: flags["label-columns"],
    showLabels: flags["show-labels"],
    width: output.width,
    document: (text) => output.document(text),
    lines: (lines) => output.lines(lines),
  });
  const writer = sortBy === undefined ? unsorted : sortedWriter(unsorted, sortBy);
  if (objects !== undefined) {
    await showNamed(archive, { objects, namespaces: namespaces ?? [], writer }, signal);
    return;
  }
  const { selector, "field-selector": fieldSelector } = flags;
  let empty = true;
  for await (const { resource, object } of readObjects(
    archive,
    { resources, namespaces, selector, fieldSelector },
    signal,
  )) {
    empty = false;
    writer.add(resource, object);
  }
  writer.end();
  if (empty && format.kind === "table") log.info(emptyMessage(archive, resources, namespaces));
}

async function showNamed(
  archive: Archive,
  {
    objects,
    namespaces,
    writer,
  }: { objects: readonly NamedObject[]; namespaces: readonly string[]; writer: ObjectWriter },
  signal: AbortSignal,
): Promise<void> {
  const missing: MissingObject[] = [];
  let shown = 0;
  for (const { requested, resources, found } of await findObjects(archive, { objects, namespaces }, signal)) {
    const [resource] = resources;
    for (const each of found) writer.add(each.resource, each.object);
    shown += found.length;
    if (found.length === 0 && resource !== undefined) {
      missing.push({
        resource,
        namespace: resource.namespaced ? namespaces.join(",") : undefined,
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
  namespaces: readonly string[] | undefined,
): string {
  if (namespaces === undefined || resources.every(({ namespaced }) => !namespaced))
    return "No resources found";
  const message = `No resources found in ${namespaces.join(", ")} namespace${namespaces.length === 1 ? "" : "s"}.`;
  const isIn = compileNamespaces({ includeNamespaces: namespaces });
  const holds = [...files.namespaces()].some(isIn);
  return holds
    ? message
    : `${message} ${name} holds nothing at all in ${namespaces.length === 1 ? "it" : "them"}`;
}
