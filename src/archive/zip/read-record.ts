import type { Buffer } from "node:buffer";
import { CENTRAL_RECORD_BYTES, type CentralEntry, IN_ZIP64, ZIP64_FIELD } from "./zip-records.ts";

/** An extra field that holds another path. Programs differ in which of the two they use. */
const UNICODE_PATH = 0x7075;

/** A record that was read from a central directory. */
export interface ReadRecord {
  entry: CentralEntry;
  /** Size of the comment, in bytes. */
  commentBytes: number;
  /** The number of the disk on which the entry is said to lie. */
  disk: number;
}

/**
 * The size in bytes of a record of a central directory, of which more may be there than these bytes; undefined where too
 * few of them are there to tell.
 *
 * @throws {Error} where there is no record.
 */
export function recordBytes(bytes: Buffer): number | undefined {
  if (bytes.length < CENTRAL_RECORD_BYTES) return undefined;
  if (bytes.readUInt32LE(0) !== 0x02014b50) throw new Error("its directory has something that is no record");
  return CENTRAL_RECORD_BYTES + bytes.readUInt16LE(28) + bytes.readUInt16LE(30) + bytes.readUInt16LE(32);
}

/** The path in a record of a central directory, as bytes. More bytes may follow the record. */
export function pathOfRecord(record: Buffer): Buffer {
  return record.subarray(CENTRAL_RECORD_BYTES, CENTRAL_RECORD_BYTES + record.readUInt16LE(28));
}

/** The unpacked size in a record of a central directory, in bytes. More bytes may follow the record. */
export function sizeOfRecord(record: Buffer): number {
  return record.readUInt32LE(24);
}

/**
 * Reads a record of a central directory. More bytes may follow the record.
 *
 * @throws {Error} where its path is none of an archive's, or a number is in another place than where `centralRecord`
 * writes it.
 */
export function readRecord(record: Buffer): ReadRecord {
  const extraStart = CENTRAL_RECORD_BYTES + record.readUInt16LE(28);
  const extraFields = fieldsOf(record.subarray(extraStart, extraStart + record.readUInt16LE(30)));
  const path = record.toString("latin1", CENTRAL_RECORD_BYTES, extraStart);
  const fault = faultOfPath(path, extraFields);
  if (fault !== undefined) throw new Error(fault);
  const entry: CentralEntry = {
    versionMadeBy: record.readUInt16LE(4),
    versionNeeded: record.readUInt16LE(6),
    flags: record.readUInt16LE(8),
    method: record.readUInt16LE(10),
    time: record.readUInt16LE(12),
    date: record.readUInt16LE(14),
    crc32: record.readUInt32LE(16),
    compressedSize: record.readUInt32LE(20),
    uncompressedSize: record.readUInt32LE(24),
    internalAttributes: record.readUInt16LE(36),
    externalAttributes: record.readUInt32LE(38),
    offset: offsetOf(record.readUInt32LE(42), extraFields),
    path,
  };
  if (Math.max(entry.compressedSize, entry.uncompressedSize) === IN_ZIP64) {
    throw new Error("it holds a file of 4 GiB or more");
  }
  return { entry, commentBytes: record.readUInt16LE(32), disk: record.readUInt16LE(34) };
}

/** Whether the extra fields of a local header have that of ZIP64: no entry needs it there. */
export function hasZip64Field(extra: Buffer): boolean {
  return fieldsOf(extra).some(({ id }) => id === ZIP64_FIELD);
}

interface ExtraField {
  id: number;
  data: Buffer;
}

function fieldsOf(extra: Buffer): ExtraField[] {
  const fields: ExtraField[] = [];
  for (let position = 0; position < extra.length; ) {
    const isWhole = position + 4 <= extra.length;
    const end = position + 4 + (isWhole ? extra.readUInt16LE(position + 2) : 0);
    if (end > extra.length) throw new Error("an extra field is cut off");
    fields.push({ id: extra.readUInt16LE(position), data: extra.subarray(position + 4, end) });
    position = end;
  }
  return fields;
}

/** The offset of an entry, which is in the field of ZIP64 where it does not fit into the record, and only there. */
function offsetOf(inRecord: number, extraFields: readonly ExtraField[]): number {
  const [field, another] = extraFields.filter(({ id }) => id === ZIP64_FIELD);
  if (field === undefined && inRecord !== IN_ZIP64) return inRecord;
  const offset = field?.data.length === 8 ? Number(field.data.readBigUInt64LE()) : 0;
  if (inRecord !== IN_ZIP64 || offset < IN_ZIP64 || another !== undefined) {
    throw new Error("it has a ZIP64 field that is not needed, or lacks one that is");
  }
  return offset;
}

/** What is wrong with a path. It must not lead anywhere, and programs must not differ in what they make of it. */
function faultOfPath(path: string, extraFields: readonly ExtraField[]): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(path) || extraFields.some(({ id }) => id === UNICODE_PATH)) {
    return "it holds a path that is not plain ASCII";
  }
  const leadsElsewhere = /^(?:\/|[a-zA-Z]:)|\\|(?:^|\/)\.\.(?:\/|$)/.test(path);
  return leadsElsewhere ? "it holds a path that leads elsewhere" : undefined;
}
