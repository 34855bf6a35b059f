import { Buffer } from "node:buffer";

/*
 * The records of a zip, as APPNOTE 4.3 lays them out, from the fields of an entry in the central directory. A zip whose
 * records equal these, byte by byte, does not contradict itself.
 */

/** Size of a local file header before the name, in bytes. */
export const LOCAL_HEADER_BYTES = 30;

/** Size of a central directory header before the name, in bytes. */
export const CENTRAL_HEADER_BYTES = 46;

/** Size of the end record without a comment, in bytes. */
export const END_RECORD_BYTES = 22;

/** Bit 3 of the flags: CRC-32 and sizes follow the data in a data descriptor, and are zero before the data. */
const HAS_DESCRIPTOR = 0x0008;

/** The fields of an entry in the central directory, by the names of yauzl. */
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
  /** The position of the local file header, in bytes from the start of the zip. */
  relativeOffsetOfLocalHeader: number;
  /** The path, in ASCII. */
  fileName: string;
}

/**
 * The local file header with the name. The length of the extra field, which may differ from the central directory, is
 * zero.
 */
export function localHeader(entry: CentralEntry): Buffer {
  const name = Buffer.from(entry.fileName, "latin1");
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + name.length);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(entry.versionNeededToExtract, 4);
  header.writeUInt16LE(entry.generalPurposeBitFlag, 6);
  header.writeUInt16LE(entry.compressionMethod, 8);
  header.writeUInt16LE(entry.lastModFileTime, 10);
  header.writeUInt16LE(entry.lastModFileDate, 12);
  if (!hasDescriptor(entry)) writeSums(header, 14, entry);
  header.writeUInt16LE(name.length, 26);
  name.copy(header, LOCAL_HEADER_BYTES);
  return header;
}

/** The data descriptors that may follow the data of an entry. APPNOTE 4.3.9.3 lets a writer omit the signature. */
export function dataDescriptors(entry: CentralEntry): Buffer[] {
  if (!hasDescriptor(entry)) return [Buffer.alloc(0)];
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  writeSums(descriptor, 4, entry);
  return [descriptor, descriptor.subarray(4)];
}

/** The end record of a central directory at this position, with so many entries. */
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
