import type { ArchiveFiles } from "../archive/format/archive-files.ts";
import type { Manifest, ManifestFile, ManifestResource } from "../archive/format/manifest.ts";
import { LinesInOrder } from "../archive/lines/lines-in-order.ts";
import type { ManagedObjectEntry, OwnedObjectEntry, StatusEntry } from "../archive/lines/parse-lines.ts";
import type { Archive } from "../archive/reader.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { resourceName } from "../kubernetes/resource.ts";
import { pausing } from "../objects/paused.ts";
import { mayTarget } from "./patch-target.ts";
import { type Changed, type Changes, changeObject } from "./transform-object.ts";

/** An object of a transformed archive, and what became of it. */
export interface ReadObject {
  resource: ManifestResource;
  /** The object as the backup has it. It is not to be changed. */
  original: JsonObject;
  owners: readonly Owner[];
  changed: Changed;
}

/**
 * An archive whose objects are changed as they are read. Everything that reads a backup reads it through the same
 * interface, so that a plan, a restore, what it compares with the cluster, and `diff` see the same objects; names of
 * namespaces are those of the backup, and are mapped afterwards. Files without an object to be changed are passed on as
 * they are. An object that cannot be changed is passed on as it is: {@link surveyChanges} says so before anything is
 * written.
 */
export class TransformedArchive implements Archive {
  readonly #archive: Archive;
  readonly #changes: Changes;
  readonly #resources: ReadonlyMap<string, ManifestResource>;

  constructor(archive: Archive, changes: Changes) {
    this.#archive = archive;
    this.#changes = changes;
    this.#resources = new Map(archive.manifest.resources.map((each) => [resourceName(each), each]));
  }

  get name(): string {
    return this.#archive.name;
  }

  get manifest(): Manifest {
    return this.#archive.manifest;
  }

  get files(): ArchiveFiles {
    return this.#archive.files;
  }

  get manifestSha256(): string {
    return this.#archive.manifestSha256;
  }

  /** What is done to the objects. */
  get changes(): Changes {
    return this.#changes;
  }

  async *objects(file: ManifestFile, signal: AbortSignal): AsyncGenerator<string> {
    if (!this.concerns(file)) yield* this.#archive.objects(file, signal);
    else for await (const { changed } of this.read(file, signal)) yield changed.text;
  }

  /** Whether objects of a file may be changed. */
  concerns({ content, resource: name = "", namespace }: ManifestFile): boolean {
    const resource = this.#resources.get(name);
    if (content !== "objects" || resource === undefined) return false;
    const { transforms, paused } = this.#changes;
    if (paused && pausing(resource) === "paused") return true;
    return transforms.some(({ patches }) =>
      patches.some(({ target }) => mayTarget(target, resource, namespace)),
    );
  }

  /** The objects of a file, and what becomes of each. */
  async *read(file: ManifestFile, signal: AbortSignal): AsyncGenerator<ReadObject> {
    const resource = this.#resources.get(file.resource ?? "");
    if (resource === undefined) return;
    const ownersOf = new LinesInOrder(this.#archive.owners(file, signal));
    try {
      for await (const text of this.#archive.objects(file, signal)) {
        const original = JSON.parse(text) as JsonObject;
        const owners = (await ownersOf.next(keyOf(original).name))?.owners ?? [];
        const changed = changeObject(this.#changes, { resource, text, object: original, owners });
        yield { resource, original, owners, changed };
      }
    } finally {
      await ownersOf.close();
    }
  }

  owners(file: ManifestFile, signal: AbortSignal): AsyncIterable<OwnedObjectEntry> {
    return this.#archive.owners(file, signal);
  }

  managers(file: ManifestFile, signal: AbortSignal): AsyncIterable<ManagedObjectEntry> {
    return this.#archive.managers(file, signal);
  }

  statuses(file: ManifestFile, signal: AbortSignal): AsyncIterable<StatusEntry> {
    return this.#archive.statuses(file, signal);
  }

  check(...args: Parameters<Archive["check"]>): Promise<void> {
    return this.#archive.check(...args);
  }

  checkRest(signal: AbortSignal): Promise<void> {
    return this.#archive.checkRest(signal);
  }
}
