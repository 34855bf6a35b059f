import { ZIP64_VERSION } from "./end-records.ts";
import { type CentralEntry, IN_ZIP64 } from "./zip-records.ts";

/** Unix, by a program that knows ZIP64. */
const MADE_BY = 0x0300 | ZIP64_VERSION;

/** The version of APPNOTE that has deflate, 2.0. */
const DEFLATE_VERSION = 20;

/** Method 8 of the zip format. */
const DEFLATE = 8;

/** Regular file, for its owner alone: most archives hold Secrets. */
const ATTRIBUTES = 0o100600 * 0x1_0000;

/** The fields of an entry that its contents do not decide. The date is in UTC, to two seconds. */
export function entryFields({
  path,
  time,
  offset,
}: {
  path: string;
  time: Date;
  offset: number;
}): Omit<CentralEntry, "flags" | "crc32" | "compressedSize" | "uncompressedSize"> {
  return {
    versionMadeBy: MADE_BY,
    versionNeeded: offset < IN_ZIP64 ? DEFLATE_VERSION : ZIP64_VERSION,
    method: DEFLATE,
    time: (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1),
    date: ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate(),
    internalAttributes: 0,
    externalAttributes: ATTRIBUTES,
    offset,
    path,
  };
}
