import type { Buffer } from "node:buffer";
import yauzl from "yauzl";
import type { CentralEntry } from "./zip-records.ts";

/** An extra field that holds another path. Programs differ in which of the two they use. */
const UNICODE_PATH = 0x7075;
const ENCRYPTED = 0x0001;

/**
 * The fields of an entry that are used. The library's own entry takes several times the memory, and the number of
 * entries is for whoever wrote the archive to say.
 *
 * @param entry with its path as bytes.
 * @throws {Error} where the path is none of an archive's.
 */
export function compactEntry(entry: yauzl.Entry): CentralEntry {
  const fileName = (entry.fileName as unknown as Buffer).toString("latin1");
  if (!/^[\x20-\x7e]*$/.test(fileName) || entry.extraFields.some(({ id }) => id === UNICODE_PATH)) {
    throw new Error("it holds a path that is not plain ASCII");
  }
  const fault = yauzl.validateFileName(fileName);
  if (fault !== null || fileName.includes("\\")) throw new Error("it holds a path that leads elsewhere");
  return {
    versionMadeBy: entry.versionMadeBy,
    versionNeededToExtract: entry.versionNeededToExtract,
    generalPurposeBitFlag: entry.generalPurposeBitFlag,
    compressionMethod: entry.compressionMethod,
    lastModFileTime: entry.lastModFileTime,
    lastModFileDate: entry.lastModFileDate,
    crc32: entry.crc32,
    compressedSize: entry.compressedSize,
    uncompressedSize: entry.uncompressedSize,
    fileNameLength: entry.fileNameLength,
    extraFieldLength: entry.extraFieldLength,
    fileCommentLength: entry.fileCommentLength,
    internalFileAttributes: entry.internalFileAttributes,
    externalFileAttributes: entry.externalFileAttributes,
    relativeOffsetOfLocalHeader: entry.relativeOffsetOfLocalHeader,
    fileName,
  };
}

/** How the data of an entry are packed; undefined where they are encrypted, or packed in another way. */
export function packingOf(entry: CentralEntry): "stored" | "deflated" | undefined {
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) return undefined;
  return entry.compressionMethod === 8 ? "deflated" : entry.compressionMethod === 0 ? "stored" : undefined;
}
