import type { Buffer } from "node:buffer";

/**
 * Frees a buffer's memory at once, and makes it empty. Garbage collection would do it later: what waits for that is
 * memory in use, and brings collections about that go through all that the program holds.
 *
 * @param bytes nobody else's, and made with `allocUnsafeSlow`: others may share their memory with more.
 */
export function free(bytes: Buffer): void {
  (bytes.buffer as ArrayBuffer).transfer(0);
}
