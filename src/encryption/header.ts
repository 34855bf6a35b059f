import { Buffer } from "node:buffer";

/**
 * The largest header that is read, in bytes: twice what the most recipients take. What claims a larger one is hostile.
 */
export const MAX_HEADER_BYTES = 64 * 1024;

/** The first line of every age file. https://c2sp.org/age */
const VERSION_LINE = "age-encryption.org/v1\n";

/** The beginning of the last line, which authenticates the header. */
const MAC_LINE = "\n--- ";

/** Whether bytes begin as an age file does. */
export function isAgeFile(beginning: Uint8Array): boolean {
  return Buffer.from(beginning.subarray(0, VERSION_LINE.length)).toString("latin1") === VERSION_LINE;
}

/**
 * The length of the header in bytes, with its last line break; undefined where it does not end within these bytes.
 *
 * @param beginning the first bytes of an age file.
 */
export function headerLength(beginning: Uint8Array): number | undefined {
  const text = Buffer.from(
    beginning.buffer,
    beginning.byteOffset,
    Math.min(beginning.length, MAX_HEADER_BYTES),
  );
  const mac = text.indexOf(MAC_LINE, 0, "latin1");
  const end = mac === -1 ? -1 : text.indexOf("\n", mac + MAC_LINE.length, "latin1");
  return end === -1 ? undefined : end + 1;
}
