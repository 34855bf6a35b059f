/**
 * `node build/release-chart.ts IMAGE@sha256:DIGEST FOLDER` writes the chart as a file of a release, kube-backup-VERSION.tgz,
 * with the released image. The chart in the source tree names an image that the user builds.
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import packageJson from "../package.json" with { type: "json" };
import { byDigest } from "./release-manifest.ts";
import { tar } from "./tar.ts";

const CHART = path.resolve(import.meta.dirname, "../deploy/chart/kube-backup");

/**
 * Inserts the released image into the chart's values.
 *
 * @throws {Error} when the image has no digest, or the values do not name the tree's image once.
 */
export function releaseValues(values: string, image: string): string {
  const { name, digest } = byDigest(image);
  const lines: [string, string][] = [
    ["  repository: kube-backup\n", `  repository: ${name}\n`],
    ['  digest: ""\n', `  digest: ${digest}\n`],
  ];
  return lines.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2)
      throw new Error(`Cannot name the image: values.yaml has "${from.trim()}" ${parts.length - 1} times`);
    return parts.join(to);
  }, values);
}

/** The chart as an archive, as `helm package` makes one; the same bytes from the same sources. */
export async function releaseChart(image: string): Promise<Uint8Array> {
  const entries = await readdir(CHART, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(CHART, path.join(entry.parentPath, entry.name)))
    .sort();
  const files = names.map(async (name) => {
    const text = await readFile(path.join(CHART, name), "utf8");
    const content = Buffer.from(name === "values.yaml" ? releaseValues(text, image) : text);
    return { name: `kube-backup/${name.split(path.sep).join("/")}`, content };
  });
  return gzipSync(tar(await Promise.all(files)), { level: 9 });
}

if (import.meta.main) {
  try {
    const [image = "", folder = "."] = process.argv.slice(2);
    await writeFile(path.join(folder, `kube-backup-${packageJson.version}.tgz`), await releaseChart(image));
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
