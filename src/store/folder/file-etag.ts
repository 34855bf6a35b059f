import type { BigIntStats } from "node:fs";

/**
 * Tells the bytes of a file from any others that have or had its name: another file has another inode, and a changed one
 * another time of its last change.
 */
export function etagOfFile({ size, mtimeNs, ino }: Pick<BigIntStats, "size" | "mtimeNs" | "ino">): string {
  return `${size}-${mtimeNs}-${ino}`;
}
