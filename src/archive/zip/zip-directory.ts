import { Buffer } from "node:buffer";
import { MAX_DIRECTORY_BYTES, MAX_ENTRIES, MAX_ENTRY_BYTES } from "../format/bounds.ts";
import type { BlockCache } from "./block-cache.ts";
import { type DirectoryPlace, MAX_END_BYTES, readEndRecords } from "./end-records.ts";
import { PathTable } from "./path-table.ts";
import { pathOfRecord, type ReadRecord, readRecord, recordBytes } from "./read-record.ts";
import { CENTRAL_RECORD_BYTES, type CentralEntry } from "./zip-records.ts";

/**
 * The central directory of a zip that is read. It stays in memory as bytes, of which an entry is made when it is asked
 * for: objects of all entries would take several times the memory.
 */
export class ZipDirectory {
  readonly place: DirectoryPlace;
  readonly #bytes: Buffer;
  /** The positions of the records of files. */
  readonly #files: PathTable;

  private constructor(place: DirectoryPlace, bytes: Buffer, files: PathTable) {
    this.place = place;
    this.#bytes = bytes;
    this.#files = files;
  }

  /**
   * Reads the directory of a zip.
   *
   * @param size of the zip, in bytes.
   * @param before is told the bytes of the directory before they are read.
   * @throws {Error} where there is no directory, it is too large, or it names a file twice.
   */
  static async read(
    blocks: BlockCache,
    size: number,
    before: (bytes: number) => Promise<void> = async () => {},
  ): Promise<ZipDirectory> {
    const place = readEndRecords(await blocks.bytes(Math.max(0, size - MAX_END_BYTES), size), size);
    const { start, bytes, entries } = place;
    if (bytes > MAX_DIRECTORY_BYTES || entries > MAX_ENTRIES) throw new Error("its directory is too large");
    await before(bytes);
    const directory = Buffer.allocUnsafeSlow(bytes);
    let filled = 0;
    for await (const piece of blocks.pieces(start, start + bytes)) filled += piece.copy(directory, filled);
    const most = Math.min(entries, Math.floor(bytes / CENTRAL_RECORD_BYTES));
    const files = new PathTable(most, (position) => pathOfRecord(directory, position));
    let records = 0;
    for (const { position, record } of recordsOf(directory)) {
      records += 1;
      if (records > entries) break;
      if (record.length > CENTRAL_RECORD_BYTES + MAX_ENTRY_BYTES)
        throw new Error("its directory is too large");
      const { entry } = readRecord(record);
      if (!isFolder(entry) && !files.add(position)) throw new Error(`it holds ${entry.path} twice`);
    }
    if (records !== entries) throw new Error("its directory has another number of entries than it says");
    return new ZipDirectory(place, directory, files);
  }

  /** The paths of all files. */
  *paths(): Generator<string> {
    for (const { entry } of this.records()) if (!isFolder(entry)) yield entry.path;
  }

  /** Number of files. */
  get fileCount(): number {
    return this.#files.size;
  }

  /** The entry of a file; undefined where there is no file of the path. */
  file(path: string): CentralEntry | undefined {
    const position = this.#files.find(path);
    if (position === undefined) return undefined;
    return readRecord(this.#bytes.subarray(position, position + recordBytes(this.#bytes, position))).entry;
  }

  /** All records, in the order of the directory. */
  *records(): Generator<ReadRecord> {
    for (const { record } of recordsOf(this.#bytes)) yield readRecord(record);
  }
}

/** Whether an entry is a folder, which other programs add when they pack an archive. */
export function isFolder({ path, uncompressedSize }: CentralEntry): boolean {
  return path.endsWith("/") && uncompressedSize === 0;
}

function* recordsOf(directory: Buffer): Generator<{ position: number; record: Buffer }> {
  for (let position = 0; position < directory.length; ) {
    const end = position + recordBytes(directory, position);
    yield { position, record: directory.subarray(position, end) };
    position = end;
  }
}
