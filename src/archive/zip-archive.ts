import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { resourceName } from "../kubernetes/resource.ts";
import type { Faults } from "./faults.ts";
import type { ArchiveFiles } from "./format/archive-files.ts";
import { MAX_OBJECT_BYTES } from "./format/bounds.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH, type SideContent, sidePath } from "./format/layout.ts";
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
  readonly files: ArchiveFiles;
  readonly manifestSha256: string;
  readonly #zip: ZipReader;
  readonly #faults: Faults;
  readonly #resources: ReadonlyMap<string, ManifestResource>;
  readonly #uniqueNames: UniqueNames;
  /** 1 for the number of each file whose lines were checked. */
  readonly #checked: Uint8Array;

  constructor(parts: {
    name: string;
    manifest: Manifest;
    files: ArchiveFiles;
    manifestSha256: string;
    zip: ZipReader;
    faults: Faults;
  }) {
    this.name = parts.name;
    this.manifest = parts.manifest;
    this.manifestSha256 = parts.manifestSha256;
    this.#zip = parts.zip;
    this.#faults = parts.faults;
    this.files = parts.files;
    this.#checked = new Uint8Array(parts.files.count);
    this.#uniqueNames = new UniqueNames(parts.files);
    this.#resources = new Map(parts.manifest.resources.map((resource) => [resourceName(resource), resource]));
  }

  async *objects(file: ManifestFile, signal: AbortSignal): AsyncGenerator<string> {
    try {
      // The store gives the same bytes again: their checksum is checked again.
      const lines = this.#isChecked(file.path) ? this.#items(file, signal) : this.#checkedItems(file, signal);
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
    this.#setChecked(file.path);
  }

  /** The names of the objects of some files. */
  async *#names(paths: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
    for (const path of paths) {
      const file = this.files.find(path);
      const resource = this.#resources.get(file?.resource ?? "");
      if (file === undefined || resource === undefined) continue;
      const lines = new ObjectLines(resource, file.namespace);
      for await (const { items } of this.#items(file, signal))
        for (const item of items) yield lines.next(item);
    }
  }

  owners(file: ManifestFile, signal: AbortSignal): AsyncGenerator<OwnedObjectEntry> {
    return this.#lines(pathOfSide(file, "owners"), parseOwners, signal);
  }

  managers(file: ManifestFile, signal: AbortSignal): AsyncGenerator<ManagedObjectEntry> {
    return this.#lines(pathOfSide(file, "managers"), parseManagers, signal);
  }

  statuses(file: ManifestFile, signal: AbortSignal): AsyncGenerator<StatusEntry> {
    return this.#lines(pathOfSide(file, "status"), parseStatus, signal);
  }

  async *#lines<T>(path: string, parse: (line: Buffer) => T, signal: AbortSignal): AsyncGenerator<T> {
    const file = this.files.find(path);
    if (file === undefined) return;
    try {
      const lines = new SideLines();
      const isChecked = this.#isChecked(path);
      let objects = 0;
      for await (const some of readLines(this.#content(file, signal), MAX_OBJECT_BYTES)) {
        objects += some.length;
        for (const line of some) yield isChecked ? parse(line) : lines.next(line, parse);
      }
      checkCount(file, objects);
      this.#setChecked(path);
    } catch (error) {
      throw this.#faults.explain(error, { place: path, signal });
    }
  }

  async check(
    file: ManifestFile,
    signal: AbortSignal,
    onObjects?: (objects: readonly Buffer[]) => void,
  ): Promise<void> {
    try {
      await this.#zip.checkRecords(file.path);
      if (file.content === "objects") await this.#checkObjects(file, signal, onObjects);
      else if (file.content === "text") for await (const _ of this.#content(file, signal));
    } catch (error) {
      throw this.#faults.explain(error, { place: file.path, signal });
    }
  }

  /** Checks a file of objects, and in the same pass that each line of the files beside it is about the next such object. */
  async #checkObjects(
    file: ManifestFile,
    signal: AbortSignal,
    onObjects?: (objects: readonly Buffer[]) => void,
  ): Promise<void> {
    const sides = [
      { path: sidePath(file.path, "owners"), lines: this.owners(file, signal) },
      { path: sidePath(file.path, "managers"), lines: this.managers(file, signal) },
      { path: sidePath(file.path, "status"), lines: this.statuses(file, signal) },
    ]
      .filter(({ path }) => this.files.numberOf(path) !== undefined)
      .map(({ path, lines }) => ({ path, lines: new LinesInOrder<{ name: string }>(lines) }));
    try {
      for await (const { items, names } of this.#checkedItems(file, signal)) {
        onObjects?.(items);
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

  #isChecked(path: string): boolean {
    return this.#checked[this.files.numberOf(path) ?? this.#checked.length] === 1;
  }

  #setChecked(path: string): void {
    const number = this.files.numberOf(path);
    if (number !== undefined) this.#checked[number] = 1;
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

/** The path of the file beside a file of objects, or of that file where it is what is given. */
function pathOfSide({ path, content }: ManifestFile, side: SideContent): string {
  return content === side ? path : sidePath(path, side);
}

function checkCount(file: ManifestFile, objects: number): void {
  if (objects !== file.objects) throw new Error(`it holds ${objects} objects, not ${file.objects}`);
}
