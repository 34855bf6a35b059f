import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { resourceName } from "../kubernetes/resource.ts";
import type { Faults } from "./faults.ts";
import { MAX_OBJECT_BYTES } from "./format/bounds.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH, managersPath, ownersPath, statusPath } from "./format/layout.ts";
import type { Manifest, ManifestFile, ManifestResource } from "./format/manifest.ts";
import { readLines, readListItems } from "./lines/lines.ts";
import { LinesInOrder } from "./lines/lines-in-order.ts";
import { ObjectLines, SideLines } from "./lines/object-lines.ts";
import {
  type ManagedObjectEntry,
  type OwnedObjectEntry,
  parseManagers,
  parseOwners,
  parseStatus,
  type StatusEntry,
} from "./lines/parse-lines.ts";
import { hasNameTwice, UniqueNames } from "./lines/unique-names.ts";
import type { Archive } from "./reader.ts";
import type { ZipReader } from "./zip/zip-reader.ts";

/** An archive whose zip and manifest are open. */
export class ZipArchive implements Archive {
  readonly name: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly #zip: ZipReader;
  readonly #faults: Faults;
  readonly #files: ReadonlyMap<string, ManifestFile>;
  readonly #resources: ReadonlyMap<string, ManifestResource>;
  readonly #uniqueNames: UniqueNames;
  /** Paths of the files whose lines were checked. */
  readonly #checked = new Set<string>();

  constructor(parts: {
    name: string;
    manifest: Manifest;
    manifestSha256: string;
    zip: ZipReader;
    faults: Faults;
  }) {
    this.name = parts.name;
    this.manifest = parts.manifest;
    this.manifestSha256 = parts.manifestSha256;
    this.#zip = parts.zip;
    this.#faults = parts.faults;
    this.#files = new Map(parts.manifest.files.map((file) => [file.path, file]));
    this.#uniqueNames = new UniqueNames(parts.manifest.files);
    this.#resources = new Map(parts.manifest.resources.map((resource) => [resourceName(resource), resource]));
  }

  async *objects(file: ManifestFile, signal: AbortSignal): AsyncGenerator<string> {
    try {
      // The store gives the same bytes again: their checksum is checked again.
      const lines = this.#checked.has(file.path)
        ? this.#items(file, signal)
        : this.#checkedItems(file, signal);
      for await (const { items } of lines) for (const item of items) yield item.toString();
    } catch (error) {
      throw this.#faults.explain(error, { place: file.path, signal });
    }
  }

  /** The objects of a file, some at a time. */
  async *#items(file: ManifestFile, signal: AbortSignal): AsyncGenerator<{ items: Buffer[] }> {
    let objects = 0;
    for await (const items of readListItems(this.#content(file, signal))) {
      objects += items.length;
      yield { items };
    }
    checkCount(file, objects);
  }

  /** The objects of a file, some at a time, each checked, with their names. */
  async *#checkedItems(
    file: ManifestFile,
    signal: AbortSignal,
  ): AsyncGenerator<{ items: Buffer[]; names: string[] }> {
    const resource = this.#resources.get(file.resource ?? "");
    if (resource === undefined) throw new Error("its resource is not in the manifest");
    const lines = new ObjectLines(resource, file.namespace);
    for await (const { items } of this.#items(file, signal))
      yield { items, names: items.map((item) => lines.next(item)) };
    const suspects = this.#uniqueNames.add(file, lines.range);
    if (suspects !== undefined && (await hasNameTwice(() => this.#names(suspects, signal)))) {
      throw new Error("two of its objects have one name");
    }
    this.#checked.add(file.path);
  }

  /** The names of the objects of some files. */
  async *#names(paths: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
    for (const path of paths) {
      const file = this.#files.get(path);
      const resource = this.#resources.get(file?.resource ?? "");
      if (file === undefined || resource === undefined) continue;
      const lines = new ObjectLines(resource, file.namespace);
      for await (const { items } of this.#items(file, signal))
        for (const item of items) yield lines.next(item);
    }
  }

  owners(file: ManifestFile, signal: AbortSignal): AsyncGenerator<OwnedObjectEntry> {
    return this.#lines(file.content === "owners" ? file.path : ownersPath(file.path), parseOwners, signal);
  }

  managers(file: ManifestFile, signal: AbortSignal): AsyncGenerator<ManagedObjectEntry> {
    return this.#lines(
      file.content === "managers" ? file.path : managersPath(file.path),
      parseManagers,
      signal,
    );
  }

  statuses(file: ManifestFile, signal: AbortSignal): AsyncGenerator<StatusEntry> {
    return this.#lines(file.content === "status" ? file.path : statusPath(file.path), parseStatus, signal);
  }

  async *#lines<T>(path: string, parse: (line: Buffer) => T, signal: AbortSignal): AsyncGenerator<T> {
    const file = this.#files.get(path);
    if (file === undefined) return;
    try {
      const lines = new SideLines();
      let objects = 0;
      for await (const some of readLines(this.#content(file, signal), MAX_OBJECT_BYTES)) {
        objects += some.length;
        for (const line of some) yield this.#checked.has(path) ? parse(line) : lines.next(line, parse);
      }
      checkCount(file, objects);
      this.#checked.add(path);
    } catch (error) {
      throw this.#faults.explain(error, { place: path, signal });
    }
  }

  async check(file: ManifestFile, signal: AbortSignal): Promise<void> {
    try {
      await this.#zip.checkRecords(file.path);
      if (file.content === "objects") await this.#checkObjects(file, signal);
      else if (file.content === "text") for await (const _ of this.#content(file, signal));
    } catch (error) {
      throw this.#faults.explain(error, { place: file.path, signal });
    }
  }

  /** Checks a file of objects, and in the same pass that each line of the files beside it is about the next such object. */
  async #checkObjects(file: ManifestFile, signal: AbortSignal): Promise<void> {
    const sides = [
      { path: ownersPath(file.path), lines: this.owners(file, signal) },
      { path: managersPath(file.path), lines: this.managers(file, signal) },
      { path: statusPath(file.path), lines: this.statuses(file, signal) },
    ]
      .filter(({ path }) => this.#files.has(path))
      .map(({ path, lines }) => ({ path, lines: new LinesInOrder<{ name: string }>(lines) }));
    try {
      for await (const { names } of this.#checkedItems(file, signal)) {
        for (const { lines } of sides) for (const name of names) await lines.next(name);
      }
      for (const { path, lines } of sides) {
        await lines.end().catch((error) => {
          throw this.#faults.explain(error, { place: path, signal });
        });
      }
    } finally {
      for (const { lines } of sides) await lines.close();
    }
  }

  async checkRest(signal: AbortSignal): Promise<void> {
    let place = "the zip's central directory";
    try {
      await this.#zip.checkDirectory(signal);
      for (place of [MANIFEST_PATH, MANIFEST_SUM_PATH]) await this.#zip.checkRecords(place);
    } catch (error) {
      throw this.#faults.explain(error, { place, signal });
    }
  }

  /** The bytes of a file. An error at the end says that the bytes differ from the manifest. */
  async *#content(file: ManifestFile, signal: AbortSignal): AsyncGenerator<Buffer> {
    const hash = createHash("sha256");
    for await (const chunk of this.#zip.content(file.path, signal)) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest("hex") !== file.sha256) throw new Error("its SHA-256 is not the stated one");
  }
}

function checkCount(file: ManifestFile, objects: number): void {
  if (objects !== file.objects) throw new Error(`it holds ${objects} objects, not ${file.objects}`);
}
