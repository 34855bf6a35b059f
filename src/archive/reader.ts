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

/** The largest manifest, in bytes: 65,534 files take a third of it. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** How much of the checksum's file is read; it has 75 bytes. */
const MAX_SUM_BYTES = 1024;

/** An archive that is open for reading. Closing the source is for who opened it. */
export interface Archive {
  /** The backup's name. */
  readonly name: string;
  /** The manifest, checked: the archive's files are those that it lists. */
  readonly manifest: Manifest;

  /**
   * The objects of a file, one JSON text each, as they are unpacked.
   *
   * @throws {DamagedArchiveError} when the file is not as the manifest says, which shows at its end
   * at the latest: what was given out before may be wrong too.
   */
  objects(file: ManifestFile, signal: AbortSignal): AsyncIterable<string>;

  /** The owners of the objects of an objects file, of those that have any. */
  owners(file: ManifestFile, signal: AbortSignal): AsyncIterable<OwnedObjectEntry>;

  /** The field managers of the objects of an objects file, of those that its `manager` did not write alone. */
  managers(file: ManifestFile, signal: AbortSignal): AsyncIterable<ManagedObjectEntry>;

  /** The statuses of the objects of an objects file, of those that have one. */
  statuses(file: ManifestFile, signal: AbortSignal): AsyncIterable<StatusEntry>;

  /**
   * Reads a file and checks everything that manifest and zip say of it.
   *
   * @throws {DamagedArchiveError} when something differs.
   */
  check(file: ManifestFile, signal: AbortSignal): Promise<void>;

  /**
   * Checks the bytes of the zip that belong to none of the manifest's files: with those of all files
   * they are the whole zip.
   *
   * @throws {DamagedArchiveError} when it contradicts itself, or some bytes belong to nothing.
   */
  checkRest(signal: AbortSignal): Promise<void>;
}

/** Options of {@link openArchive}. */
export interface OpenArchiveOptions {
  /** Bytes of one request to the store. */
  blockBytes?: number;
}

/**
 * Opens an archive: reads the zip's directory and the manifest, usually with one request.
 *
 * @param signal ends every later read too.
 * @throws {NewerFormatError} when a later program wrote it.
 * @throws {DamagedArchiveError} when it is no archive of ours, or not as it was written.
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
    return new ZipArchive({ name: source.name, manifest, zip, faults });
  } catch (error) {
    throw faults.explain(error, { place, signal });
  }
}

/** A small file's bytes, or undefined where there is none. */
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

/** Tells what is wrong with the archive from what is wrong with its store. */
class Faults {
  readonly #backup: string;
  readonly #blocks: BlockCache;

  constructor(backup: string, blocks: BlockCache) {
    this.#backup = backup;
    this.#blocks = blocks;
  }

  /** The error to throw for one that came while `place` was read; without a place, while the zip was opened. */
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
  readonly #zip: ZipReader;
  readonly #faults: Faults;
  readonly #files: ReadonlyMap<string, ManifestFile>;

  constructor(parts: { name: string; manifest: Manifest; zip: ZipReader; faults: Faults }) {
    this.name = parts.name;
    this.manifest = parts.manifest;
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

  /** What a file of lines holds, or undefined where it is none. */
  #linesOf(file: ManifestFile, signal: AbortSignal): AsyncGenerator<unknown> | undefined {
    if (file.content === "owners") return this.owners(file, signal);
    if (file.content === "managers") return this.managers(file, signal);
    return file.content === "status" ? this.statuses(file, signal) : undefined;
  }

  /** A file's bytes, with an error at their end when they are not those of the manifest. */
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
