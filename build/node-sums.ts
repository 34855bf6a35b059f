import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

/** Where the Nodes of a release are installed, and their pinned digests. */
export const NODES = path.join(import.meta.dirname, "node");

/** Digests by file, as sha256sum writes them. Names of files may have a directory, and none begins with `*`. */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, digest, file] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (digest !== undefined && file !== undefined) sums.set(file, digest);
  }
  return sums;
}

/** The pinned digests of the Nodes, by file below {@link NODES}. */
export async function readPins(): Promise<Map<string, string>> {
  return parseSums(await readFile(path.join(NODES, "SHA256SUMS"), "utf8"));
}

/**
 * Checks the bytes of Nodes against their pins.
 *
 * @param files paths below the folder.
 * @throws {Error} naming each Node that is another one than the one that is pinned, or that is not pinned.
 */
export async function checkPins(
  folder: string,
  files: Iterable<string>,
  pins: ReadonlyMap<string, string>,
): Promise<void> {
  const problems: string[] = [];
  for (const file of new Set(files)) {
    const pinned = pins.get(file);
    const found = await sha256(path.join(folder, file));
    if (pinned === undefined) problems.push(`${file} is not in SHA256SUMS`);
    else if (pinned !== found) problems.push(`${file} has the SHA-256 ${found}, and ${pinned} in SHA256SUMS`);
  }
  if (problems.length > 0) throw new Error(`Cannot pack these Nodes: ${problems.join("; ")}`);
}

/** The SHA-256 of a file, hexadecimal. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
