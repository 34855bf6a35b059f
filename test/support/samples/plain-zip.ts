import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";

/*
 * A zip writer made from APPNOTE and docs/archive-format.md alone, for archives as other programs may
 * write them, and for such as nobody should.
 */

/** An entry's records and data, in the order in which they come. */
export interface PlainEntry {
  path: string;
  local: Buffer;
  data: Buffer;
  descriptor: Buffer;
  /** Without the offset, which is that of `local`. */
  central: Buffer;
}

/** A zip in its parts. */
export interface PlainZip {
  before: Buffer;
  entries: PlainEntry[];
  beforeDirectory: Buffer;
  beforeEnd: Buffer;
  comment: Buffer;
}

/** What writers may choose. */
export interface PlainZipChoices {
  method?: 0 | 8;
  compress?: (content: Buffer) => Buffer;
  descriptor?: "none" | "signed" | "unsigned";
  /** The two words of time and date. */
  date?: number;
  madeBy?: number;
  attributes?: number;
  localExtra?: Buffer;
  centralExtra?: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Lays out a zip of these files. */
export function layOut(files: ReadonlyMap<string, string | Buffer>, choices: PlainZipChoices = {}): PlainZip {
  const entries = [...files].map(([path, text]) => entryOf(path, Buffer.from(text), choices));
  return { before: NOTHING, entries, beforeDirectory: NOTHING, beforeEnd: NOTHING, comment: NOTHING };
}

/** One entry of a zip. */
export function entryOf(path: string, content: Buffer, choices: PlainZipChoices): PlainEntry {
  const { method = 8, compress = deflateRawSync, descriptor = "none" } = choices;
  const { localExtra = NOTHING, centralExtra = NOTHING } = choices;
  const data = method === 0 ? content : compress(content);
  const sums = uint32(crc32(content), data.length, content.length);
  const streamed = descriptor !== "none";
  const head = (extra: Buffer, stated: Buffer) =>
    Buffer.concat([
      uint16(20, streamed ? 8 : 0, method),
      uint32(choices.date ?? 0x5c221883),
      stated,
      uint16(path.length, extra.length),
    ]);
  const local = Buffer.concat([
    uint32(0x04034b50),
    head(localExtra, streamed ? uint32(0, 0, 0) : sums),
    Buffer.from(path),
    localExtra,
  ]);
  const central = Buffer.concat([
    uint32(0x02014b50),
    uint16(choices.madeBy ?? 20),
    head(centralExtra, sums),
    uint16(0, 0, 0),
    uint32(choices.attributes ?? 0, 0),
    Buffer.from(path),
    centralExtra,
  ]);
  const descriptors = {
    none: NOTHING,
    signed: Buffer.concat([uint32(0x08074b50), sums]),
    unsigned: sums,
  };
  return { path, local, data, descriptor: descriptors[descriptor], central };
}

/** The bytes of a zip, with offsets that fit its parts. The directory may be in an order of its own. */
export function assemble(zip: PlainZip, directory: readonly PlainEntry[] = zip.entries): Buffer {
  const parts = [zip.before];
  let offset = zip.before.length;
  for (const { local, data, descriptor, central } of zip.entries) {
    central.writeUInt32LE(offset, 42);
    parts.push(local, data, descriptor);
    offset += local.length + data.length + descriptor.length;
  }
  const records = Buffer.concat(directory.map(({ central }) => central));
  const start = offset + zip.beforeDirectory.length;
  const count = directory.length;
  const end = Buffer.concat([
    ...(count < 0xffff ? [] : [zip64End(count, records.length, start)]),
    uint32(0x06054b50),
    uint16(0, 0, Math.min(count, 0xffff), Math.min(count, 0xffff)),
    uint32(records.length, start),
    uint16(zip.comment.length),
  ]);
  return Buffer.concat([...parts, zip.beforeDirectory, records, zip.beforeEnd, end, zip.comment]);
}

/** The ZIP64 end record and its locator. */
function zip64End(count: number, bytes: number, start: number): Buffer {
  return Buffer.concat([
    ...[uint32(0x06064b50), uint64(44), uint16(45, 45), uint32(0, 0), uint64(count, count, bytes, start)],
    ...[uint32(0x07064b50), uint32(0), uint64(start + bytes), uint32(1)],
  ]);
}

function uint64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  return bytes;
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}
