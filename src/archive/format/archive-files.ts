import { Buffer } from "node:buffer";
import { FileRecords, MAX_NUMBER } from "./file-records.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH, partOfPath, pathBeside } from "./layout.ts";
import type { ManifestFile } from "./manifest.ts";
import { ObjectFiles } from "./object-files.ts";
import { PathTable } from "./path-table.ts";

/** What is wrong with a file of a manifest, as it follows the name of the manifest. */
export class FileFault extends Error {}

/**
 * The files of an archive, in the order of the manifest. There may be hundreds of thousands, so that a file is an object only
 * while somebody reads it.
 */
export class ArchiveFiles implements Iterable<ManifestFile> {
  readonly #records = new FileRecords();
  readonly #paths: PathTable;
  /** The resources of files of namespaces, and those of others. */
  readonly #scopes = { namespaced: new Set<string>(), cluster: new Set<string>() };
  /** Numbers of files beside files of objects that were not there yet. */
  readonly #early: number[] = [];
  /** The files of objects by resource, once they are asked for. */
  #byResource: ReadonlyMap<string, ObjectFiles> | undefined;

  /** @param capacity how many files are expected; there may be more. */
  constructor(capacity = 0) {
    this.#paths = new PathTable((number) => Buffer.from(this.#records.path(number)), capacity);
  }

  /** Number of files. */
  get count(): number {
    return this.#records.count;
  }

  /** The size of all files in bytes, unpacked. */
  get bytes(): number {
    let sum = 0;
    for (let number = 0; number < this.count; number += 1) sum += this.#records.bytes(number);
    return sum;
  }

  /**
   * Adds a file.
   *
   * @throws {FileFault} where its path is not that of what it holds, or is there already, or its numbers are none of a file.
   */
  add(file: ManifestFile): void {
    if (Math.max(file.bytes, file.objects ?? 0) > MAX_NUMBER)
      throw new FileFault("has a file of more bytes or objects than a zip can hold");
    const part = partOf(file);
    if (!this.#paths.add(this.count, Buffer.from(file.path))) throw new FileFault("names a file twice");
    this.#records.add(file, part);
    this.#byResource = undefined;
    const { content, resource, namespace } = file;
    if (content === "text" || resource === undefined) return;
    this.#scopes[namespace === undefined ? "cluster" : "namespaced"].add(resource);
    if (content !== "objects" && !this.#isBesideObjects(this.count - 1)) this.#early.push(this.count - 1);
  }

  /** A file that is beside no file of objects; undefined where there is none such. */
  findStray(): ManifestFile | undefined {
    const number = this.#early.find((early) => !this.#isBesideObjects(early));
    return number === undefined ? undefined : this.#records.file(number);
  }

  /** The resources of all files, and whether the files are of namespaces; of a resource that has both, both. */
  scopes(): { resource: string; namespaced: boolean }[] {
    const { namespaced, cluster } = this.#scopes;
    return [
      ...Array.from(namespaced, (resource) => ({ resource, namespaced: true })),
      ...Array.from(cluster, (resource) => ({ resource, namespaced: false })),
    ];
  }

  /** The paths of all files, and their sizes in bytes, unpacked. */
  *sizes(): Generator<{ path: string; bytes: number }> {
    for (let number = 0; number < this.count; number += 1)
      yield { path: this.#records.path(number), bytes: this.#records.bytes(number) };
  }

  /** All files. */
  *[Symbol.iterator](): Generator<ManifestFile> {
    for (let number = 0; number < this.count; number += 1) yield this.#records.file(number);
  }

  /** The file of a path; undefined where there is none. */
  find(path: string): ManifestFile | undefined {
    const number = this.numberOf(path);
    return number === undefined ? undefined : this.#records.file(number);
  }

  /** The number of the file of a path, from 0 on, for whoever keeps something for each file; undefined where there is none. */
  numberOf(path: string): number | undefined {
    return this.#paths.find(path);
  }

  /** The files of objects of a resource, `deployments.apps`. */
  objectsOf(resource: string): ObjectFiles {
    this.#byResource ??= this.#groupObjects();
    return this.#byResource.get(resource) ?? ObjectFiles.of(this.#records, []);
  }

  /** The resources that files of objects are of. */
  resources(): Iterable<string> {
    this.#byResource ??= this.#groupObjects();
    return this.#byResource.keys();
  }

  /** The namespaces that files are of. */
  namespaces(): Set<string> {
    const namespaces = new Set<string>();
    for (let number = 0; number < this.count; number += 1) {
      const namespace = this.#records.namespace(number);
      if (namespace !== undefined) namespaces.add(namespace);
    }
    return namespaces;
  }

  #isBesideObjects(number: number): boolean {
    const objects = this.#paths.find(this.#records.objectsPath(number));
    return (
      objects !== undefined &&
      this.#records.hasObjects(objects) &&
      this.#records.resource(objects) === this.#records.resource(number) &&
      this.#records.namespace(objects) === this.#records.namespace(number)
    );
  }

  #groupObjects(): Map<string, ObjectFiles> {
    const numbers = new Map<string, number[]>();
    for (let number = 0; number < this.count; number += 1) {
      if (!this.#records.hasObjects(number)) continue;
      const resource = this.#records.resource(number) ?? "";
      const known = numbers.get(resource);
      if (known === undefined) numbers.set(resource, [number]);
      else known.push(number);
    }
    return new Map([...numbers].map(([resource, of]) => [resource, ObjectFiles.of(this.#records, of)]));
  }
}

/** The part that the path of a file says; 0 for a text. */
function partOf({ path, content, resource = "", namespace }: ManifestFile): number {
  if (content === "text") {
    if (path.startsWith("cluster/") || path.startsWith("namespaces/"))
      throw new FileFault(`calls ${path} a text`);
    if (path === MANIFEST_PATH || path === MANIFEST_SUM_PATH) throw new FileFault("lists itself");
    return 0;
  }
  const objects = content === "objects" ? path : pathBeside(path, content);
  const part = objects === undefined ? undefined : partOfPath(objects, { resource, namespace });
  if (part !== undefined) return part;
  throw new FileFault(
    content === "objects"
      ? `gives a file of ${resource} the path of another`
      : `has ${content} of ${resource} that belong to no file of objects`,
  );
}
