import { Buffer } from "node:buffer";

/*
 * The records of a zip as APPNOTE 4.3 lays them out, made from what the central directory says of an
 * entry: a zip whose records are these to the byte contradicts itself nowhere.
 */

/** Bytes of a local file header before the name. */
export const LOCAL_HEADER_BYTES = 30;

/** Bytes of a central directory's header before the name. */
export const CENTRAL_HEADER_BYTES = 46;

/** Bytes of the end record without a comment. */
export const END_RECORD_BYTES = 22;

/** Bit 3 of the flags: CRC-32 and sizes follow the data in a data descriptor, and are zero before it. */
const HAS_DESCRIPTOR = 0x0008;

/** What the central directory says of an entry, by the names of yauzl. */
export interface CentralEntry {
  versionMadeBy: number;
  versionNeededToExtract: number;
  generalPurposeBitFlag: number;
  compressionMethod: number;
  lastModFileTime: number;
  lastModFileDate: number;
  crc32: number;
  /** Sizes in bytes. */
  compressedSize: number;
  uncompressedSize: number;
  fileNameLength: number;
  extraFieldLength: number;
  fileCommentLength: number;
  internalFileAttributes: number;
  externalFileAttributes: number;
  /** Where the local file header begins, in bytes from the zip's start. */
  relativeOffsetOfLocalHeader: number;
  fileNameRaw: Buffer;
  /** The path that the bytes of the name, or an extra field in their stead, say. */
  fileName: string;
}

/**
 * The local file header with its name. The length of the extra field, which may be another one than in
 * the central directory, is zero.
 */
export function localHeader(entry: CentralEntry): Buffer {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + entry.fileNameRaw.length);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(entry.versionNeededToExtract, 4);
  header.writeUInt16LE(entry.generalPurposeBitFlag, 6);
  header.writeUInt16LE(entry.compressionMethod, 8);
  header.writeUInt16LE(entry.lastModFileTime, 10);
  header.writeUInt16LE(entry.lastModFileDate, 12);
  if (!hasDescriptor(entry)) writeSums(header, 14, entry);
  header.writeUInt16LE(entry.fileNameRaw.length, 26);
  entry.fileNameRaw.copy(header, LOCAL_HEADER_BYTES);
  return header;
}

/** What follows an entry's data: one of these. APPNOTE 4.3.9.3 lets a writer leave the signature out. */
export function dataDescriptors(entry: CentralEntry): Buffer[] {
  if (!hasDescriptor(entry)) return [Buffer.alloc(0)];
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  writeSums(descriptor, 4, entry);
  return [descriptor, descriptor.subarray(4)];
}

/** The end record of a central directory that lies there and has so many entries. */
export function endRecord({ entries, start, end }: { entries: number; start: number; end: number }): Buffer {
  const record = Buffer.alloc(END_RECORD_BYTES);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(end - start, 12);
  record.writeUInt32LE(start, 16);
  return record;
}

function hasDescriptor({ generalPurposeBitFlag }: CentralEntry): boolean {
  return (generalPurposeBitFlag & HAS_DESCRIPTOR) !== 0;
}

function writeSums(record: Buffer, offset: number, entry: CentralEntry): void {
  record.writeUInt32LE(entry.crc32, offset);
  record.writeUInt32LE(entry.compressedSize, offset + 4);
  record.writeUInt32LE(entry.uncompressedSize, offset + 8);
}
