import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { BundledPackage } from "./bundled-packages.ts";

const LICENSE_FILES = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/**
 * Writes the license notices of everything in the executable: the authors, and the text of each license. Equal texts
 * appear once.
 *
 * @param nodeLicenses license files of the packed Node versions, by version.
 */
export async function notice(
  packages: readonly BundledPackage[],
  nodeLicenses: ReadonlyMap<string, string>,
): Promise<string> {
  const owners = new Map<string, string[]>();
  const add = (text: string, owner: string) => owners.set(text, [...(owners.get(text) ?? []), owner]);
  for (const { name, version, license, folder } of packages) {
    const owner = `${name} ${version} (${license})`;
    const files = (await readdir(folder)).filter((file) => LICENSE_FILES.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
    for (const text of texts) add(text.trim(), owner);
    if (texts.length === 0) add(`The package has no licence file. Its package.json says: ${license}`, owner);
  }
  for (const [version, file] of nodeLicenses) {
    add((await readFile(file, "utf8")).trim(), `Node.js ${version}`);
  }
  return [
    "The executables of kube-backup hold the following software, under the licences that follow.",
    ...[...owners].map(([text, names]) => [...names, "", text].join("\n")),
    "",
  ].join(`\n\n${"=".repeat(80)}\n\n`);
}
