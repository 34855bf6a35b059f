import { Buffer } from "node:buffer";
import { IN_ZIP64 } from "./zip-records.ts";

/*
 * The records at the end of a zip, as APPNOTE 4.3.14 to 4.3.16 lay them out: the end record, and before it, where a number
 * does not fit into the end record, the ZIP64 end record and its locator.
 */

/** Size of the end record without a comment, in bytes. */
const END_BYTES = 22;

/** Sizes of the ZIP64 end record and of its locator, in bytes. */
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;

/** Size of all of them, in bytes. */
export const MAX_END_BYTES = ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES + END_BYTES;

/** Stands in 16 bits for a number that does not fit. */
const COUNT_IN_ZIP64 = 0xffff;

/** The version of APPNOTE that has ZIP64, 4.5. */
export const ZIP64_VERSION = 45;

/** The central directory of a zip. */
export interface DirectoryPlace {
  /** Number of entries. */
  entries: number;
  /** Position in bytes from the start of the zip. */
  start: number;
  /** Size in bytes. */
  bytes: number;
}

/** Whether a zip with such a directory has the records of ZIP64. */
export function needsZip64({ entries, start, bytes }: DirectoryPlace): boolean {
  return entries >= COUNT_IN_ZIP64 || start >= IN_ZIP64 || bytes >= IN_ZIP64;
}

/** The records that follow a directory. */
export function endRecords(place: DirectoryPlace): Buffer {
  const { entries, start, bytes } = place;
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, COUNT_IN_ZIP64), 8);
  end.writeUInt16LE(Math.min(entries, COUNT_IN_ZIP64), 10);
  end.writeUInt32LE(Math.min(bytes, IN_ZIP64), 12);
  end.writeUInt32LE(Math.min(start, IN_ZIP64), 16);
  return needsZip64(place) ? Buffer.concat([zip64Records(place), end]) : end;
}

function zip64Records({ entries, start, bytes }: DirectoryPlace): Buffer {
  const records = Buffer.alloc(ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES);
  records.writeUInt32LE(0x06064b50, 0);
  // The size of what follows in the record.
  records.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  records.writeUInt16LE(ZIP64_VERSION, 12);
  records.writeUInt16LE(ZIP64_VERSION, 14);
  for (const [index, number] of [entries, entries, bytes, start].entries()) {
    records.writeBigUInt64LE(BigInt(number), 24 + 8 * index);
  }
  const locator = records.subarray(ZIP64_END_BYTES);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return records;
}

/**
 * Reads the records at the end of a zip.
 *
 * @param tail the last {@link MAX_END_BYTES} of the zip, or all of a smaller one.
 * @param size of the zip, in bytes.
 * @throws {Error} where they are not as {@link endRecords} writes them, or something follows them.
 */
export function readEndRecords(tail: Buffer, size: number): DirectoryPlace {
  const place = readPlace(tail);
  const expected = endRecords(place);
  const isAsWritten = expected.equals(tail.subarray(-expected.length));
  if (!isAsWritten || place.start + place.bytes + expected.length !== size) {
    throw new Error("its end record contradicts itself, or what lies before it");
  }
  return place;
}

function readPlace(tail: Buffer): DirectoryPlace {
  if (tail.length < END_BYTES) throw new Error("it is too short");
  const end = tail.subarray(-END_BYTES);
  const place = {
    entries: end.readUInt16LE(10),
    bytes: end.readUInt32LE(12),
    start: end.readUInt32LE(16),
  };
  if (!needsZip64(place) || tail.length < MAX_END_BYTES) return place;
  const [entries, bytes, start] = [32, 40, 48].map((at) => Number(tail.readBigUInt64LE(at)));
  return { entries: entries ?? 0, bytes: bytes ?? 0, start: start ?? 0 };
}
