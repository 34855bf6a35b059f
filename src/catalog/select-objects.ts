import type { ManifestFile, ManifestResource } from "../archive/format/manifest.ts";
import type { Archive } from "../archive/reader.ts";
import { resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";

/** Which objects of an archive are asked for, and how they are read. */
export interface SelectObjectsOptions<T> {
  selection: Selection;
  /** The resources to look at, in this order; otherwise all, in the archive's. */
  resources?: readonly ManifestResource[];
  /** Reads one object: `parseJson` where every digit counts. */
  parse: (text: string) => T;
}

/** An object that was asked for. */
export interface SelectedObject<T> {
  resource: ManifestResource;
  object: T;
}

/**
 * The objects of an archive that are asked for, one by one, by resource and then in the archive's order.
 * Only the files that can hold any are unpacked: one object of a large archive costs one file of it.
 *
 * @throws {DamagedArchiveError} at the end of a file that is not as the manifest says: what was given out
 * of it before may be wrong too.
 */
export async function* selectObjects<T>(
  archive: Archive,
  { selection, resources = archive.manifest.resources, parse }: SelectObjectsOptions<T>,
  signal: AbortSignal,
): AsyncGenerator<SelectedObject<T>> {
  const files = objectFiles(archive.manifest.files);
  for (const resource of resources) {
    if (!selection.resource(resource)) continue;
    for (const file of files.get(resourceName(resource)) ?? []) {
      if (file.namespace !== undefined && !selection.namespace(file.namespace)) continue;
      for await (const text of archive.objects(file, signal)) {
        const object = parse(text);
        if (selection.object(resource, object as SelectableObject)) yield { resource, object };
      }
    }
  }
}

/** Files of objects by resource, in the archive's order. */
function objectFiles(files: readonly ManifestFile[]): Map<string, ManifestFile[]> {
  const byResource = new Map<string, ManifestFile[]>();
  for (const file of files) {
    if (file.content !== "objects" || file.resource === undefined) continue;
    const known = byResource.get(file.resource);
    if (known === undefined) byResource.set(file.resource, [file]);
    else known.push(file);
  }
  return byResource;
}
