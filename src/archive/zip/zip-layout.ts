import { Buffer } from "node:buffer";
import type { BlockCache } from "./block-cache.ts";
import {
  CENTRAL_HEADER_BYTES,
  type CentralEntry,
  dataDescriptors,
  END_RECORD_BYTES,
  endRecord,
  LOCAL_HEADER_BYTES,
  localHeader,
} from "./zip-records.ts";

/** Fields that no reader needs. They are the same in all files, so that a difference shows damage. */
const SAME_IN_ALL_FILES = ["versionMadeBy", "internalFileAttributes", "externalFileAttributes"] as const;

/** Positions in a zip. */
export interface ZipParts<E extends CentralEntry> {
  /** All entries in the order of the central directory. */
  entries: readonly E[];
  /** The entries that are files, not folders. */
  files: readonly E[];
  /** The size of the zip, in bytes. */
  size: number;
}

/**
 * Checks the bytes around the data of the entries, so that every byte of the zip is accounted for. This reader needs
 * none of these bytes, since the central directory has everything; other programs do.
 *
 * The errors say in a few words what is wrong.
 */
export class ZipLayout<E extends CentralEntry> {
  readonly #blocks: BlockCache;
  readonly #parts: ZipParts<E>;
  readonly #directoryStart: number;
  /** Where the bytes of an entry must end: the entries follow one another up to the directory. */
  readonly #ends = new Map<E, number>();
  readonly #firstStart: number;

  constructor(blocks: BlockCache, parts: ZipParts<E>) {
    this.#blocks = blocks;
    this.#parts = parts;
    const { entries, size } = parts;
    this.#directoryStart = entries.reduce(
      (start, { fileNameLength, extraFieldLength, fileCommentLength }) =>
        start - CENTRAL_HEADER_BYTES - fileNameLength - extraFieldLength - fileCommentLength,
      size - END_RECORD_BYTES,
    );
    let next = this.#directoryStart;
    for (const entry of [...entries].sort(lastFirst)) {
      this.#ends.set(entry, next);
      next = entry.relativeOffsetOfLocalHeader;
    }
    this.#firstStart = next;
  }

  /**
   * Checks the local header of an entry, and that data and descriptor reach to the next entry.
   *
   * @throws {Error} where they differ from the central directory.
   */
  async checkEntry(entry: E): Promise<void> {
    const { relativeOffsetOfLocalHeader: start, compressedSize } = entry;
    const expected = localHeader(entry);
    const header = Buffer.from(await this.#blocks.bytes(start, start + expected.length));
    const extraFieldLength = header.readUInt16LE(LOCAL_HEADER_BYTES - 2);
    header.writeUInt16LE(0, LOCAL_HEADER_BYTES - 2);
    if (!header.equals(expected)) throw new Error("its local header is not as the central directory says");
    const dataEnd = start + header.length + extraFieldLength + compressedSize;
    const rest = (this.#ends.get(entry) ?? 0) - dataEnd;
    const descriptor = dataDescriptors(entry).find(({ length }) => length === rest);
    if (descriptor === undefined) throw new Error("it does not end where the next part of the zip begins");
    if (descriptor.length === 0) return;
    if (!descriptor.equals(await this.#blocks.bytes(dataEnd, dataEnd + rest))) {
      throw new Error("its data descriptor is not as the central directory says");
    }
  }

  /**
   * Checks the central directory and the end record.
   *
   * @throws {Error} where they contradict each other, or contain what the format does not have.
   */
  async checkDirectory(): Promise<void> {
    const { entries, files, size } = this.#parts;
    const start = this.#directoryStart;
    const end = size - END_RECORD_BYTES;
    const record = await this.#blocks.bytes(end, size);
    if (start < 0 || !record.equals(endRecord({ entries: entries.length, start, end }))) {
      throw new Error("the end record is not that of the entries before it");
    }
    if (this.#firstStart !== 0) throw new Error("something lies before the first entry");
    let position = start;
    for (const { fileNameLength, extraFieldLength, fileCommentLength } of entries) {
      if (fileCommentLength > 0) throw new Error("an entry has a comment");
      const disk = await this.#blocks.bytes(position + 34, position + 36);
      if (disk.readUInt16LE(0) !== 0) throw new Error("an entry is said to lie on another disk");
      position += CENTRAL_HEADER_BYTES + fileNameLength + extraFieldLength;
    }
    const [example] = files;
    for (const file of files) {
      const odd = SAME_IN_ALL_FILES.some((member) => file[member] !== example?.[member]);
      if (odd) throw new Error("version or attributes are not the same in all files");
    }
  }
}

function lastFirst(a: CentralEntry, b: CentralEntry): number {
  return b.relativeOffsetOfLocalHeader - a.relativeOffsetOfLocalHeader;
}
