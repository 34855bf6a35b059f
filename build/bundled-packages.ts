import { readFile } from "node:fs/promises";
import path from "node:path";
import { METAFILE } from "./bundle.ts";

/** A package in the bundle. */
export interface BundledPackage {
  name: string;
  version: string;
  /** The SPDX expression in package.json. */
  license: string;
  folder: string;
}

/** The packages in a bundle, by name and version. */
export async function bundledPackages(bundle: string): Promise<BundledPackage[]> {
  const { outputs } = JSON.parse(await readFile(path.join(bundle, METAFILE), "utf8")) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = new Set(files.map(packageFolder).filter((folder) => folder !== undefined));
  const packages = await Promise.all([...folders].map(readPackage));
  const byName = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...byName].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` belongs to `node_modules/a/node_modules/@b/c`. */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const root = path.resolve(import.meta.dirname, "..", folder);
  const { name, version, license } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  if (typeof license !== "string")
    throw new Error(`Cannot find the licence of ${name}: package.json has none`);
  return { name, version, license, folder: root };
}
