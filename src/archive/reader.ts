import { Buffer } from "node:buffer";
import type { RandomAccess } from "../store/contract/store.ts";
import type { ArchiveBudget } from "./archive-budget.ts";
import { Faults } from "./faults.ts";
import type { ArchiveFiles } from "./format/archive-files.ts";
import { MANIFEST_RATIO, MAX_MANIFEST_BYTES } from "./format/bounds.ts";
import { DamagedArchiveError } from "./format/damaged-archive-error.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH } from "./format/layout.ts";
import type { Manifest, ManifestFile } from "./format/manifest.ts";
import { parseManifest, rejectLaterFormat } from "./format/parse-manifest.ts";
import type { ManagedObjectEntry, OwnedObjectEntry, StatusEntry } from "./lines/parse-lines.ts";
import { BlockCache } from "./zip/block-cache.ts";
import { ZipReader } from "./zip/zip-reader.ts";
import { ZipArchive } from "./zip-archive.ts";

/** How much of the checksum file is read, in bytes. The file has 75 bytes. */
const MAX_SUM_BYTES = 1024;

/** An open archive. The source is closed by whoever opened the source. */
export interface Archive {
  /** The name of the backup. */
  readonly name: string;
  /** The manifest, checked. */
  readonly manifest: Manifest;
  /** The files of the manifest, checked: the archive has these and no others. */
  readonly files: ArchiveFiles;
  /** SHA-256 of the manifest, in hexadecimal: an archive with other contents has another. */
  readonly manifestSha256: string;

  /**
   * The objects of a file, each as JSON text, as the file is unpacked. Each is in the form of the writer and of the file's
   * resource and namespace.
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
   * Reads a file and checks everything that the manifest and the zip say of the file; with a file of objects, also the
   * files beside it.
   *
   * @param onObjects called with the JSON of objects that were checked, some at a time. The bytes are valid during the call.
   * @throws {DamagedArchiveError} where something differs.
   */
  check(
    file: ManifestFile,
    signal: AbortSignal,
    onObjects?: (objects: readonly Buffer[]) => void,
  ): Promise<void>;

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
  /** Where several archives are opened at once: their memory, and what is to give it back when this one is done with. */
  memory?: { budget: ArchiveBudget; held: DisposableStack } | undefined;
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
  { blockBytes, memory }: OpenArchiveOptions = {},
): Promise<Archive> {
  const blocks = new BlockCache(source, signal, blockBytes);
  const faults = new Faults(source.name, blocks);
  let place: string | undefined;
  try {
    const zip = await ZipReader.open(blocks, source.size, async (bytes) => {
      memory?.held.use(await memory.budget.directory(bytes, signal));
    });
    place = MANIFEST_PATH;
    memory?.held.use(await memory.budget.manifest(zip.size(place) ?? 0, signal));
    await checkManifestSize(zip, source.name, signal);
    place = MANIFEST_SUM_PATH;
    const sum = await readSmall(zip, MANIFEST_SUM_PATH, MAX_SUM_BYTES, signal);
    place = MANIFEST_PATH;
    const chunks = zip.content(MANIFEST_PATH, signal);
    const read = { chunks, sum, fileCount: zip.fileCount };
    const { manifest, files, sha256: manifestSha256 } = await parseManifest(source.name, read);
    if (source.manifestSha256 !== undefined && source.manifestSha256 !== manifestSha256) {
      throw new Error("it is not the one that the backup's note is of");
    }
    for (const { path, bytes } of files.sizes()) {
      place = path;
      if (zip.size(path) !== bytes) throw new Error("it is missing, or its size is not the stated one");
    }
    // The paths of the manifest differ from each other, and all are there.
    if (zip.fileCount > files.count + 2) {
      const others = [MANIFEST_PATH, MANIFEST_SUM_PATH];
      place = Iterator.from(zip.paths()).find(
        (path) => files.numberOf(path) === undefined && !others.includes(path),
      );
      throw new Error(`${MANIFEST_PATH} does not list it`);
    }
    return new ZipArchive({ name: source.name, manifest, files, manifestSha256, zip, faults });
  } catch (error) {
    throw faults.explain(error, { place, signal });
  }
}

/** Checks that there is a manifest, and that it is no larger than any writer writes. */
async function checkManifestSize(zip: ZipReader, backup: string, signal: AbortSignal): Promise<void> {
  const size = zip.size(MANIFEST_PATH);
  if (size === undefined) throw new DamagedArchiveError(backup, "it is no archive of kube-backup");
  const ratio = size / (zip.packedSize(MANIFEST_PATH) ?? 1);
  if (size > MAX_MANIFEST_BYTES || (size > MANIFEST_RATIO.from && ratio > MANIFEST_RATIO.ratio)) {
    // A later format may hold more.
    for await (const beginning of zip.content(MANIFEST_PATH, signal)) {
      rejectLaterFormat(backup, beginning);
      break;
    }
    throw new Error(`it is larger than ${MAX_MANIFEST_BYTES} bytes, or packed better than a manifest can be`);
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
