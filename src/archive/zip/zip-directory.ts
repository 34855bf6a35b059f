import { Buffer } from "node:buffer";
import { MAX_DIRECTORY_BYTES, MAX_ENTRIES, MAX_ENTRY_BYTES } from "../format/bounds.ts";
import { PathTable } from "../format/path-table.ts";
import type { BlockCache } from "./block-cache.ts";
import { type DirectoryPlace, MAX_END_BYTES, readEndRecords } from "./end-records.ts";
import { PackedRecords } from "./packed-records.ts";
import { pathOfRecord, type ReadRecord, readRecord, recordBytes, sizeOfRecord } from "./read-record.ts";
import { CENTRAL_RECORD_BYTES, type CentralEntry } from "./zip-records.ts";

/**
 * The central directory of a zip that is read. Its records stay in memory packed, and an entry is made of one when it is
 * asked for: objects of all entries would take twenty times the memory.
 */
export class ZipDirectory {
  readonly place: DirectoryPlace;
  readonly #records: PackedRecords;
  /** The numbers of the records of files. */
  readonly #files: PathTable;

  private constructor(place: DirectoryPlace, records: PackedRecords, files: PathTable) {
    this.place = place;
    this.#records = records;
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
    const packed = new PackedRecords(bytes);
    const most = Math.min(entries, Math.floor(bytes / CENTRAL_RECORD_BYTES));
    const files = new PathTable((number) => pathOfRecord(packed.from(number)), most);
    let records = 0;
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of blocks.pieces(start, start + bytes)) {
      const taken = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let position = 0;
      for (const record of recordsIn(taken)) {
        position += record.length;
        records += 1;
        if (records > entries) break;
        if (record.length > CENTRAL_RECORD_BYTES + MAX_ENTRY_BYTES)
          throw new Error("its directory is too large");
        const { entry } = readRecord(record);
        const number = packed.add(record);
        if (!isFolder(entry) && !files.add(number, pathOfRecord(record)))
          throw new Error(`it holds ${entry.path} twice`);
      }
      rest = taken.subarray(position);
    }
    if (rest.length > 0) throw new Error("a record of its directory is cut off");
    if (records !== entries) throw new Error("its directory has another number of entries than it says");
    return new ZipDirectory(place, packed, files);
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
    const number = this.#files.find(path);
    return number === undefined ? undefined : readRecord(this.#records.from(number)).entry;
  }

  /** The unpacked size of a file in bytes; undefined where there is no file of the path. */
  size(path: string): number | undefined {
    const number = this.#files.find(path);
    return number === undefined ? undefined : sizeOfRecord(this.#records.from(number));
  }

  /** All records, in the order of the directory. */
  *records(): Generator<ReadRecord> {
    for (let number = 0, count = 0; count < this.place.entries; count += 1) {
      const length = recordBytes(this.#records.from(number)) ?? 0;
      yield readRecord(this.#records.from(number));
      number = this.#records.after(number, length);
    }
  }
}

/** Whether an entry is a folder, which other programs add when they pack an archive. */
export function isFolder({ path, uncompressedSize }: CentralEntry): boolean {
  return path.endsWith("/") && uncompressedSize === 0;
}

/** The records in bytes that begin with one, as far as all of a record is there. */
function* recordsIn(bytes: Buffer): Generator<Buffer> {
  for (let position = 0; ; ) {
    const end = position + (recordBytes(bytes.subarray(position)) ?? Number.POSITIVE_INFINITY);
    if (end > bytes.length) return;
    yield bytes.subarray(position, end);
    position = end;
  }
}
