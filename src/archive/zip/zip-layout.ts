import { Buffer } from "node:buffer";
import type { BlockCache } from "./block-cache.ts";
import { hasZip64Field } from "./read-record.ts";
import { isFolder, type ZipDirectory } from "./zip-directory.ts";
import { type CentralEntry, dataDescriptors, LOCAL_HEADER_BYTES, localHeader } from "./zip-records.ts";

/** Fields that no reader needs. They are the same in all files, so that a difference shows damage. */
const SAME_IN_ALL_FILES = ["versionMadeBy", "internalAttributes", "externalAttributes"] as const;

/**
 * Checks the bytes around the data of the entries, so that every byte of the zip is accounted for. This reader needs
 * none of these bytes, since the central directory has everything; other programs do.
 *
 * The errors say in a few words what is wrong.
 */
export class ZipLayout {
  readonly #blocks: BlockCache;
  readonly #directory: ZipDirectory;
  /** Where entries begin, in ascending order, and the directory after them: each entry ends where the next part begins. */
  readonly #starts: Float64Array;

  constructor(blocks: BlockCache, directory: ZipDirectory) {
    this.#blocks = blocks;
    this.#directory = directory;
    const { entries, start } = directory.place;
    this.#starts = new Float64Array(entries + 1);
    let index = 0;
    for (const { entry } of directory.records()) this.#starts[index++] = entry.offset;
    this.#starts.subarray(0, entries).sort();
    this.#starts[entries] = start;
  }

  /**
   * Checks the local header of an entry, and that data and descriptor reach to the next entry.
   *
   * @throws {Error} where they differ from the central directory.
   */
  async checkEntry(entry: CentralEntry): Promise<void> {
    const { offset, compressedSize } = entry;
    const expected = localHeader(entry);
    const header = Buffer.from(await this.#blocks.bytes(offset, offset + expected.length));
    const extraBytes = header.readUInt16LE(LOCAL_HEADER_BYTES - 2);
    header.writeUInt16LE(0, LOCAL_HEADER_BYTES - 2);
    if (!header.equals(expected)) throw new Error("its local header is not as the central directory says");
    const dataStart = offset + header.length + extraBytes;
    const dataEnd = dataStart + compressedSize;
    const rest = this.#endOf(entry) - dataEnd;
    const descriptor = dataDescriptors(entry).find(({ length }) => length === rest);
    if (descriptor === undefined) throw new Error("it does not end where the next part of the zip begins");
    if (extraBytes > 0 && hasZip64Field(await this.#blocks.bytes(dataStart - extraBytes, dataStart))) {
      throw new Error("its local header has a ZIP64 field, which no file needs");
    }
    if (descriptor.length === 0) return;
    if (!descriptor.equals(await this.#blocks.bytes(dataEnd, dataEnd + rest))) {
      throw new Error("its data descriptor is not as the central directory says");
    }
  }

  /**
   * Checks the central directory.
   *
   * @throws {Error} where it contradicts itself, or contains what the format does not have.
   */
  checkDirectory(): void {
    if (this.#starts[0] !== 0) throw new Error("something lies before the first entry");
    let example: CentralEntry | undefined;
    for (const { entry, commentBytes, disk } of this.#directory.records()) {
      if (commentBytes > 0) throw new Error("an entry has a comment");
      if (disk !== 0) throw new Error("an entry is said to lie on another disk");
      if (isFolder(entry)) continue;
      example ??= entry;
      for (const member of SAME_IN_ALL_FILES) {
        if (entry[member] !== example[member]) {
          throw new Error("version or attributes are not the same in all files");
        }
      }
    }
  }

  /** Where the part after an entry begins. Of entries that begin in one place, the next part is in that place too. */
  #endOf({ offset }: CentralEntry): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low + 1] ?? 0;
  }
}
