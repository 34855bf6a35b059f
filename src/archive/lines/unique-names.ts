import type { ArchiveFiles } from "../format/archive-files.ts";
import type { ManifestFile } from "../format/manifest.ts";
import type { NameRange } from "./object-lines.ts";

/**
 * Whether each object of a resource and a namespace has a name of its own, over all parts. The names come in order as a
 * rule, so that neighbors tell. Where they do not, the files are read once more.
 */
export class UniqueNames {
  readonly #files: ArchiveFiles;
  /** The parts that were read, by resource and namespace, of those that have several: most have one, and are many. */
  #parts: ReadonlyMap<string, Map<string, NameRange>> | undefined;

  /** @param files all files. */
  constructor(files: ArchiveFiles) {
    this.#files = files;
  }

  /**
   * Adds a file that was read to its end.
   *
   * @returns the paths of the files to be searched for names that come twice; undefined where none can.
   */
  add(file: ManifestFile, range: NameRange): string[] | undefined {
    const { path } = file;
    this.#parts ??= placesInParts(this.#files);
    const parts = this.#parts.get(placeOf(file));
    if (parts === undefined) return range.count === 0 || range.inOrder ? undefined : [path];
    if (parts.has(path)) return undefined;
    const others = [...parts.values()];
    parts.set(path, range);
    const isApart = others.every(
      ({ count, least, greatest }) => count === 0 || greatest < range.least || range.greatest < least,
    );
    return range.count === 0 || (range.inOrder && isApart) ? undefined : [...parts.keys()];
  }
}

/** The resources and namespaces whose objects are in several files, as {@link placeOf} has them. */
function placesInParts(files: ArchiveFiles): Map<string, Map<string, NameRange>> {
  const parts = new Map<string, Map<string, NameRange>>();
  for (const resource of files.resources()) {
    for (const namespace of files.objectsOf(resource).inSeveral())
      parts.set(placeOf({ resource, namespace }), new Map());
  }
  return parts;
}

function placeOf({ resource, namespace }: { resource?: string; namespace?: string | undefined }): string {
  return `${resource}/${namespace ?? ""}`;
}

/** How many suspects are looked at. The hashes of different names are hardly ever the same. */
const SUSPECTS = 1000;

/**
 * Whether a name comes twice, found with 8 bytes of memory for each name.
 *
 * @param read gives the names, in the same order each time.
 */
export async function hasNameTwice(read: () => AsyncIterable<string>): Promise<boolean> {
  let hashes = new Float64Array(1024);
  let count = 0;
  for await (const name of read()) {
    if (count === hashes.length) {
      const larger = new Float64Array(2 * count);
      larger.set(hashes);
      hashes = larger;
    }
    hashes[count] = hashOf(name);
    count += 1;
  }
  const sorted = hashes.subarray(0, count).sort();
  const suspects = new Map<number, Set<string>>();
  for (let index = 1; index < count && suspects.size < SUSPECTS; index += 1) {
    const hash = sorted[index] as number;
    if (hash === sorted[index - 1]) suspects.set(hash, new Set());
  }
  if (suspects.size === 0) return false;
  for await (const name of read()) {
    const names = suspects.get(hashOf(name));
    if (names?.has(name)) return true;
    names?.add(name);
  }
  return false;
}

/** 53 bits of a name. */
function hashOf(name: string): number {
  let high = 0x811c9dc5;
  let low = 0x1b873593;
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b) + (high >>> 13);
  }
  return (high >>> 0) * 0x20_0000 + ((low >>> 0) & 0x1f_ffff);
}
