import type { ManifestResource } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { type SelectedObject, selectObjects } from "../catalog/select-objects.ts";
import { type JsonObject, parseJson } from "../kubernetes/json.ts";
import { resourcesByName, resourcesByNames } from "../selection/resources-by-name.ts";
import { compileSelection, type NamedObject, type SelectionOptions } from "../selection/selection.ts";

/** Which objects of a backup to read. */
export interface ReadObjectsOptions {
  resources: readonly ManifestResource[];
  /** Names and patterns of the namespaces to read; undefined for all. Cluster-scoped objects are read in either case. */
  namespaces: readonly string[] | undefined;
  selector?: string | undefined;
  fieldSelector?: string | undefined;
}

/** The result of a lookup by name. `found` is empty when the backup has no such object, and several from several namespaces. */
export interface FoundObject {
  requested: NamedObject;
  /** The resources that the kind means: several for a category, of which the first that has the object wins. */
  resources: readonly ManifestResource[];
  found: readonly SelectedObject<JsonObject>[];
}

/**
 * The resources that the words match, in the order of the words.
 *
 * @throws {UsageError} naming each word that matches no resource of the backup.
 */
export function resourcesInOrder({ name, manifest }: Archive, words: readonly string[]): ManifestResource[] {
  resourcesByNames(manifest.resources, words, name);
  return [...new Set(words.flatMap((word) => resourcesByName(manifest.resources, word)))];
}

/** One sentence for each resource that could not be read when the backup was taken. */
export function describeUnreadResources(
  { name, manifest }: Archive,
  isRequested: (resource: string) => boolean,
): string[] {
  return manifest.missing
    .filter(({ resource }) => isRequested(resource))
    .map(({ resource, reason }) => `${name} lacks ${resource}, or some of them: ${reason}`);
}

/** Reads the selected objects, resource by resource, in the given order. */
export async function* readObjects(
  archive: Archive,
  { resources, namespaces, selector, fieldSelector }: ReadObjectsOptions,
  signal: AbortSignal,
): AsyncGenerator<SelectedObject<JsonObject>> {
  for (const resource of resources) {
    const options: SelectionOptions = { selector, fieldSelector };
    if (resource.namespaced) options.includeNamespaces = namespaces;
    const selection = compileSelection(options, archive.manifest.resources, archive.name);
    yield* selectObjects(archive, { selection, resources: [resource], parse }, signal);
  }
}

/** Reads objects by name, in the order of the names. */
export async function findObjects(
  archive: Archive,
  { objects, namespaces }: { objects: readonly NamedObject[]; namespaces: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<FoundObject[]> {
  const names = new Set(objects.map(({ name }) => name));
  const resources = resourcesInOrder(
    archive,
    objects.map(({ kind }) => kind),
  );
  const byKey = new Map<string, SelectedObject<JsonObject>[]>();
  for await (const read of readObjects(archive, { resources, namespaces }, signal)) {
    const name = nameOf(read.object);
    if (!names.has(name)) continue;
    const key = keyOf(read.resource, name);
    byKey.set(key, [...(byKey.get(key) ?? []), read]);
  }
  return objects.map((requested) => {
    const matches = resourcesByName(archive.manifest.resources, requested.kind);
    const found =
      matches
        .map((resource) => byKey.get(keyOf(resource, requested.name)))
        .find((read) => read !== undefined) ?? [];
    return { requested, resources: matches, found };
  });
}

function parse(text: string): JsonObject {
  return parseJson(text) as JsonObject;
}

function nameOf(object: JsonObject): string {
  return String((object["metadata"] as { name?: unknown }).name);
}

function keyOf({ group, resource }: ManifestResource, name: string): string {
  return `${resource}.${group}/${name}`;
}
