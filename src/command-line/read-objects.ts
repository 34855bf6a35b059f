import type { ManifestResource } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { type SelectedObject, selectObjects } from "../catalog/select-objects.ts";
import { type JsonObject, parseJson } from "../kubernetes/json.ts";
import { resourcesByName, resourcesByNames } from "../selection/resources-by-name.ts";
import { compileSelection, type NamedObject, type SelectionOptions } from "../selection/selection.ts";

/** Which objects of a backup to read. */
export interface ReadObjectsOptions {
  resources: readonly ManifestResource[];
  /** The namespace to look into; undefined for all. Cluster-scoped objects are in none. */
  namespace: string | undefined;
  selector?: string | undefined;
  fieldSelector?: string | undefined;
}

/** An object that was asked for by its name, or undefined where the backup has none such. */
export interface FoundObject {
  asked: NamedObject;
  /** What kinds were meant; where there are several, the first that has it. */
  resources: readonly ManifestResource[];
  found: SelectedObject<JsonObject> | undefined;
}

/**
 * The resources that words mean, in the words' order.
 *
 * @throws {UsageError} naming each word that means nothing in this backup.
 */
export function resourcesInOrder({ name, manifest }: Archive, words: readonly string[]): ManifestResource[] {
  resourcesByNames(manifest.resources, words, name);
  return [...new Set(words.flatMap((word) => resourcesByName(manifest.resources, word)))];
}

/** What of resources could not be read when the backup was taken, a sentence each. */
export function missingFrom({ name, manifest }: Archive, isAsked: (resource: string) => boolean): string[] {
  return manifest.missing
    .filter(({ resource }) => isAsked(resource))
    .map(({ resource, reason }) => `${name} lacks ${resource}, or some of them: ${reason}`);
}

/** Reads objects, by resource in the order given. */
export async function* readObjects(
  archive: Archive,
  { resources, namespace, selector, fieldSelector }: ReadObjectsOptions,
  signal: AbortSignal,
): AsyncGenerator<SelectedObject<JsonObject>> {
  for (const resource of resources) {
    const options: SelectionOptions = { selector, fieldSelector };
    if (resource.namespaced && namespace !== undefined) options.includeNamespaces = [namespace];
    const selection = compileSelection(options, archive.manifest.resources, archive.name);
    yield* selectObjects(archive, { selection, resources: [resource], parse }, signal);
  }
}

/** Reads objects by their names, in the names' order. */
export async function findObjects(
  archive: Archive,
  { objects, namespace }: { objects: readonly NamedObject[]; namespace: string },
  signal: AbortSignal,
): Promise<FoundObject[]> {
  const names = new Set(objects.map(({ name }) => name));
  const resources = resourcesInOrder(
    archive,
    objects.map(({ kind }) => kind),
  );
  const byKey = new Map<string, SelectedObject<JsonObject>>();
  for await (const read of readObjects(archive, { resources, namespace }, signal)) {
    const name = nameOf(read.object);
    if (names.has(name)) byKey.set(keyOf(read.resource, name), read);
  }
  return objects.map((asked) => {
    const meant = resourcesByName(archive.manifest.resources, asked.kind);
    const found = meant
      .map((resource) => byKey.get(keyOf(resource, asked.name)))
      .find((read) => read !== undefined);
    return { asked, resources: meant, found };
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
