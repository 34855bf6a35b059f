/** What krew installs: an archive for each platform, and the plugin's manifest with their SHA-256. */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { tar } from "./tar.ts";
import { extension, TARGETS, type Target } from "./targets.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

/** The name of a plugin's manifest, in the tree and in a release. */
export const KREW_MANIFEST = "cluster-backup.yaml";

/** The name of a platform's archive. */
export function krewArchiveName(target: Target, version: string): string {
  return `kube-backup-${version}-${target.name}.tar.gz`;
}

/** A platform's archive: the executable and the license; the same bytes from the same files. */
export async function krewArchive(executable: Uint8Array, target: Target): Promise<Uint8Array> {
  const license = await readFile(path.join(ROOT, "LICENSE"));
  return gzipSync(
    tar([
      { name: `kube-backup${extension(target)}`, content: executable, executable: true },
      { name: "LICENSE", content: license },
    ]),
  );
}

/**
 * Puts the SHA-256 of the archives into the manifest.
 *
 * @param sums by the name of the platform.
 * @throws {Error} when the manifest does not name a platform exactly once.
 */
export function krewManifest(template: string, sums: ReadonlyMap<string, string>): string {
  return [...sums].reduce((text, [name, sum]) => {
    const parts = text.split(`sha256: SHA256-${name}\n`);
    if (parts.length !== 2)
      throw new Error(`Cannot write ${KREW_MANIFEST}: it has SHA256-${name} ${parts.length - 1} times`);
    return parts.join(`sha256: ${sum}\n`);
  }, template);
}

/** Writes the archives of a folder's executables, and the manifest, into that folder. */
export async function releaseKrew(folder: string, version: string): Promise<void> {
  const sums = new Map<string, string>();
  for (const target of TARGETS) {
    const executable = await readFile(
      path.join(folder, `kube-backup-${version}-${target.name}${extension(target)}`),
    );
    const archive = await krewArchive(executable, target);
    await writeFile(path.join(folder, krewArchiveName(target, version)), archive);
    sums.set(target.name, createHash("sha256").update(archive).digest("hex"));
  }
  const template = await readFile(path.join(ROOT, "deploy/krew", KREW_MANIFEST), "utf8");
  await writeFile(path.join(folder, KREW_MANIFEST), krewManifest(template, sums));
}
