/**
 * `node build/release-manifest.ts IMAGE@sha256:DIGEST` prints kube-backup.yml with the released image. The file in
 * the source tree names an image that the user builds.
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import packageJson from "../package.json" with { type: "json" };

/** Options of {@link releaseManifest}. */
export interface ReleaseManifestOptions {
  manifest: string;
  version: string;
  image: string;
}

const BY_DIGEST = /^([a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+)@(sha256:[0-9a-f]{64})$/;

/**
 * Takes an image by digest apart.
 *
 * @throws {Error} when it has no digest, or capitals.
 */
export function byDigest(image: string): { name: string; digest: string } {
  const [, name, digest] = BY_DIGEST.exec(image) ?? [];
  if (name === undefined || digest === undefined)
    throw new Error(
      `Cannot name the image "${image}": it must be REGISTRY/NAME@sha256:DIGEST, in lower case`,
    );
  return { name, digest };
}

/**
 * Inserts the released image into the manifest.
 *
 * @throws {Error} when the image has no digest, or the manifest does not name `kube-backup:VERSION` exactly once.
 */
export function releaseManifest({ manifest, version, image }: ReleaseManifestOptions): string {
  byDigest(image);
  const line = `image: kube-backup:${version}\n`;
  const parts = manifest.split(line);
  if (parts.length !== 2) {
    throw new Error(`Cannot name the image: kube-backup.yml has "${line.trim()}" ${parts.length - 1} times`);
  }
  return parts.join(`image: ${image}\n`);
}

if (import.meta.main) {
  try {
    const manifest = await readFile("kube-backup.yml", "utf8");
    const image = process.argv[2] ?? "";
    process.stdout.write(releaseManifest({ manifest, version: packageJson.version, image }));
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
