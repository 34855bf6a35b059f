import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { OperatorError } from "../errors.ts";
import type { RandomAccess } from "../store/contract/store.ts";
import { DamagedArchiveError } from "./format/damaged-archive-error.ts";
import {
  MANIFEST_PATH,
  MANIFEST_SUM_PATH,
  MAX_OBJECT_BYTES,
  managersPath,
  ownersPath,
  statusPath,
} from "./format/layout.ts";
import type { Manifest, ManifestFile } from "./format/manifest.ts";
import { parseManifest } from "./format/parse-manifest.ts";
import { readLines, readListItems } from "./lines/lines.ts";
import {
  type ManagedObjectEntry,
  type OwnedObjectEntry,
  parseManagers,
  parseOwners,
  parseStatus,
  type StatusEntry,
} from "./lines/parse-lines.ts";
import { BlockCache } from "./zip/block-cache.ts";
import { ZipReader } from "./zip/zip-reader.ts";

/** The largest manifest, in bytes: 65,534 files take a third of that. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** How much of the checksum file is read, in bytes. The file has 75 bytes. */
const MAX_SUM_BYTES = 1024;

/** An open archive. The source is closed by whoever opened the source. */
export interface Archive {
  /** The name of the backup. */
  readonly name: string;
  /** The manifest, checked: the files of the archive are those of the manifest. */
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, in hexadecimal: an archive with another byte has another. */
  readonly manifestSha256: string;

  /**
   * The objects of a file, each as JSON text, as the file is unpacked.
   *
   * @throws {DamagedArchiveError} where the file differs from the manifest, at the end of the file at the latest: objects
   * that were yielded before may be wrong too.
   */
  objects(file: ManifestFile, signal: AbortSignal): AsyncIterable<string>;

  /** The owners of those objects of an objects file that have any. */
  owners(file: ManifestFile, signal: AbortSignal): AsyncIterable<OwnedObjectEntry>;

  /** The field managers of those objects of an objects file that the `manager` of the file did not write alone. */
  managers(file: ManifestFile, signal: AbortSignal): AsyncIterable<ManagedObjectEntry>;

  /** The statuses of those objects of an objects file that have one. */
  statuses(file: ManifestFile, signal: AbortSignal): AsyncIterable<StatusEntry>;

  /**
   * Reads a file and checks everything that the manifest and the zip say of the file.
   *
   * @throws {DamagedArchiveError} where something differs.
   */
  check(file: ManifestFile, signal: AbortSignal): Promise<void>;

  /**
   * Checks the bytes of the zip that belong to no file of the manifest. Together with the files, they are the whole zip.
   *
   * @throws {DamagedArchiveError} where the zip contradicts itself, or has bytes that belong to nothing.
   */
  checkRest(signal: AbortSignal): Promise<void>;
}

/** Options of {@link openArchive}. */
export interface OpenArchiveOptions {
  /** Bytes of one request to the store. */
  blockBytes?: number;
}

/**
 * Opens an archive: reads the directory of the zip and the manifest, mostly with one request.
 *
 * @param signal ends every later read too.
 * @throws {NewerFormatError} where a later program wrote the archive.
 * @throws {DamagedArchiveError} where the file is no archive of this program, or differs from what was written.
 */
export async function openArchive(
  source: RandomAccess,
  signal: AbortSignal,
  { blockBytes }: OpenArchiveOptions = {},
): Promise<Archive> {
  const blocks = new BlockCache(source, signal, blockBytes);
  const faults = new Faults(source.name, blocks);
  let place: string | undefined;
  try {
    const zip = await ZipReader.open(blocks, source.size);
    place = MANIFEST_PATH;
    const text = await readSmall(zip, MANIFEST_PATH, MAX_MANIFEST_BYTES, signal);
    if (text === undefined) throw new DamagedArchiveError(source.name, "it is no archive of kube-backup");
    place = MANIFEST_SUM_PATH;
    const sum = await readSmall(zip, MANIFEST_SUM_PATH, MAX_SUM_BYTES, signal);
    const manifest = parseManifest(source.name, { text, sum });
    for (const file of manifest.files) {
      place = file.path;
      if (zip.size(place) !== file.bytes) throw new Error("it is missing, or its size is not the stated one");
    }
    const known = new Set([MANIFEST_PATH, MANIFEST_SUM_PATH, ...manifest.files.map(({ path }) => path)]);
    for (place of zip.paths()) {
      if (!known.has(place)) throw new Error(`${MANIFEST_PATH} does not list it`);
    }
    const manifestSha256 = createHash("sha256").update(text).digest("hex");
    return new ZipArchive({ name: source.name, manifest, manifestSha256, zip, faults });
  } catch (error) {
    throw faults.explain(error, { place, signal });
  }
}

/** The bytes of a small file; undefined where there is no such file. */
async function readSmall(
  zip: ZipReader,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const size = zip.size(path);
  if (size === undefined) return undefined;
  if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of zip.content(path, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Distinguishes damage of the archive from errors of the store. */
class Faults {
  readonly #backup: string;
  readonly #blocks: BlockCache;

  constructor(backup: string, blocks: BlockCache) {
    this.#backup = backup;
    this.#blocks = blocks;
  }

  /** The error for an error during the read of `place`; without a place, during the opening of the zip. */
  explain(error: unknown, { place, signal }: { place: string | undefined; signal: AbortSignal }): unknown {
    if (error instanceof OperatorError || this.#blocks.failedWith(error)) return error;
    if (signal.aborted && error === signal.reason) return error;
    const what = error instanceof Error ? error.message : String(error);
    const reason =
      place === undefined ? "it is no zip file, or a damaged one" : `it is damaged: ${place}: ${what}`;
    return new DamagedArchiveError(this.#backup, reason, { cause: error });
  }
}

class ZipArchive implements Archive {
  readonly name: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly #zip: ZipReader;
  readonly #faults: Faults;
  readonly #files: ReadonlyMap<string, ManifestFile>;

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
  }

  async *objects(file: ManifestFile, signal: AbortSignal): AsyncGenerator<string> {
    try {
      let objects = 0;
      for await (const item of readListItems(this.#content(file, signal))) {
        objects += 1;
        yield item.toString();
      }
      checkCount(file, objects);
    } catch (error) {
      throw this.#faults.explain(error, { place: file.path, signal });
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
      let objects = 0;
      for await (const line of readLines(this.#content(file, signal), MAX_OBJECT_BYTES)) {
        objects += 1;
        yield parse(line);
      }
      checkCount(file, objects);
    } catch (error) {
      throw this.#faults.explain(error, { place: path, signal });
    }
  }

  async check(file: ManifestFile, signal: AbortSignal): Promise<void> {
    try {
      await this.#zip.checkRecords(file.path);
      const lines = this.#linesOf(file, signal);
      if (lines !== undefined) {
        for await (const _ of lines);
        return;
      }
      let objects = 0;
      const content = this.#content(file, signal);
      for await (const _ of file.content === "objects" ? readListItems(content) : content) objects += 1;
      if (file.content === "objects") checkCount(file, objects);
    } catch (error) {
      throw this.#faults.explain(error, { place: file.path, signal });
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

  /** The parsed lines of a file; undefined where the file has another content. */
  #linesOf(file: ManifestFile, signal: AbortSignal): AsyncGenerator<unknown> | undefined {
    if (file.content === "owners") return this.owners(file, signal);
    if (file.content === "managers") return this.managers(file, signal);
    return file.content === "status" ? this.statuses(file, signal) : undefined;
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
