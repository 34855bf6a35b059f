import { Buffer } from "node:buffer";

/*
 * The records of an entry of a zip, as APPNOTE 4.3 lays them out. There is one way to write each: a zip whose records
 * equal these, byte by byte, does not contradict itself. No file of an archive is large, so that of ZIP64 an entry needs
 * the offset at most.
 */

/** Size of a local file header before the name, in bytes. */
export const LOCAL_HEADER_BYTES = 30;

/** Size of a record of the central directory before the name, in bytes. */
export const CENTRAL_RECORD_BYTES = 46;

/** Stands in 32 bits for a number that does not fit: the number is in a ZIP64 field. */
export const IN_ZIP64 = 0xffff_ffff;

/** Bit 3 of the flags: CRC-32 and sizes follow the data in a data descriptor, and are zero before the data. */
export const HAS_DESCRIPTOR = 0x0008;

/** The extra field for numbers that do not fit into 32 bits. */
export const ZIP64_FIELD = 0x0001;

/** Size of the extra field with an offset in it, in bytes. */
export const ZIP64_FIELD_BYTES = 12;

/** An entry, as the central directory has it. */
export interface CentralEntry {
  versionMadeBy: number;
  versionNeeded: number;
  flags: number;
  method: number;
  /** Time and date as DOS has them. */
  time: number;
  date: number;
  crc32: number;
  /** Sizes in bytes, less than {@link IN_ZIP64}. */
  compressedSize: number;
  uncompressedSize: number;
  internalAttributes: number;
  externalAttributes: number;
  /** The position of the local file header, in bytes from the start of the zip. */
  offset: number;
  /** The path, in ASCII. */
  path: string;
}

/** The local file header with the name, and without extra fields. */
export function localHeader(entry: CentralEntry): Buffer {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + entry.path.length);
  header.writeUInt32LE(0x04034b50, 0);
  writeFields(header, 4, entry);
  if (!hasDescriptor(entry)) writeSums(header, 14, entry);
  header.writeUInt16LE(entry.path.length, 26);
  header.write(entry.path, LOCAL_HEADER_BYTES, "latin1");
  return header;
}

/** The data descriptors that may follow the data of an entry. APPNOTE 4.3.9.3 lets a writer omit the signature. */
export function dataDescriptors(entry: CentralEntry): Buffer[] {
  if (!hasDescriptor(entry)) return [Buffer.alloc(0)];
  const descriptor = dataDescriptor(entry);
  return [descriptor, descriptor.subarray(4)];
}

/** The data descriptor that follows the data of an entry, with its signature. */
export function dataDescriptor(entry: CentralEntry): Buffer {
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  writeSums(descriptor, 4, entry);
  return descriptor;
}

/** The record of the central directory, without extra fields but that for an offset of 4 GiB and beyond. */
export function centralRecord(entry: CentralEntry): Buffer {
  const { path, offset } = entry;
  const extraBytes = offset < IN_ZIP64 ? 0 : ZIP64_FIELD_BYTES;
  const record = Buffer.alloc(CENTRAL_RECORD_BYTES + path.length + extraBytes);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(entry.versionMadeBy, 4);
  writeFields(record, 6, entry);
  writeSums(record, 16, entry);
  record.writeUInt16LE(path.length, 28);
  record.writeUInt16LE(extraBytes, 30);
  record.writeUInt16LE(entry.internalAttributes, 36);
  record.writeUInt32LE(entry.externalAttributes, 38);
  record.writeUInt32LE(Math.min(offset, IN_ZIP64), 42);
  record.write(path, CENTRAL_RECORD_BYTES, "latin1");
  if (extraBytes > 0) {
    const field = CENTRAL_RECORD_BYTES + path.length;
    record.writeUInt16LE(ZIP64_FIELD, field);
    record.writeUInt16LE(8, field + 2);
    record.writeBigUInt64LE(BigInt(offset), field + 4);
  }
  return record;
}

function hasDescriptor({ flags }: CentralEntry): boolean {
  return (flags & HAS_DESCRIPTOR) !== 0;
}

/** The fields that both headers have, up to the CRC-32. */
function writeFields(record: Buffer, position: number, entry: CentralEntry): void {
  record.writeUInt16LE(entry.versionNeeded, position);
  record.writeUInt16LE(entry.flags, position + 2);
  record.writeUInt16LE(entry.method, position + 4);
  record.writeUInt16LE(entry.time, position + 6);
  record.writeUInt16LE(entry.date, position + 8);
}

function writeSums(record: Buffer, position: number, entry: CentralEntry): void {
  record.writeUInt32LE(entry.crc32, position);
  record.writeUInt32LE(entry.compressedSize, position + 4);
  record.writeUInt32LE(entry.uncompressedSize, position + 8);
}
