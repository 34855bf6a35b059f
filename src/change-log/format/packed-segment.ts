import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { SegmentFault } from "./segment-fault.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The most bytes that a segment may unpack to. */
const MAX_UNPACKED = 256 * 1024 * 1024;

/** Packs the text of a segment: gzip, which zcat reads. */
export async function packSegment(text: string): Promise<Buffer> {
  return await compress(text);
}

/**
 * Unpacks a segment.
 *
 * @throws {SegmentFault} where the bytes are no gzip, or unpack to more than any segment has.
 */
export async function unpackSegment(bytes: Uint8Array): Promise<string> {
  try {
    return (await decompress(bytes, { maxOutputLength: MAX_UNPACKED })).toString();
  } catch {
    throw new SegmentFault("it is damaged");
  }
}
