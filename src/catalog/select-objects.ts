import type { ManifestResource } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";

/** Which objects of an archive to select, and how to parse the objects. */
export interface SelectObjectsOptions<T> {
  selection: Selection;
  /** The resources to read, in this order; by default all resources in the archive's order. */
  resources?: readonly ManifestResource[];
  /** Parses one object. `parseJson` preserves every digit of numbers. */
  parse: (text: string) => T;
}

/** A selected object. */
export interface SelectedObject<T> {
  resource: ManifestResource;
  object: T;
}

/**
 * Yields the selected objects of an archive, by resource and then in the order of namespaces. Only files that
 * can hold selected objects are decompressed: selecting one object reads one file of a large archive.
 *
 * @throws {DamagedArchiveError} at the end of a file that does not match the manifest: objects already
 * yielded from the file may be wrong too.
 */
export async function* selectObjects<T>(
  archive: Archive,
  { selection, resources = archive.manifest.resources, parse }: SelectObjectsOptions<T>,
  signal: AbortSignal,
): AsyncGenerator<SelectedObject<T>> {
  const isWanted = (namespace: string | undefined) =>
    namespace === undefined || selection.namespace(namespace);
  for (const resource of resources) {
    if (!selection.resource(resource)) continue;
    for (const file of archive.files.objectsOf(resourceName(resource)).where(isWanted)) {
      for await (const text of archive.objects(file, signal)) {
        const object = parse(text);
        if (selection.object(resource, object as SelectableObject)) yield { resource, object };
      }
    }
  }
}
