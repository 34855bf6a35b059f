/**
 * Builds the files of a release in `dist/release`: executables for all platforms, what krew installs of them, SBOM, license
 * notices, checksums.
 */

import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { bundle } from "./bundle.ts";
import { bundledPackages } from "./bundled-packages.ts";
import { checkReleaseHost, installNodes, nodesFor } from "./node-binaries.ts";
import { checkPins, NODES, readPins, sha256 } from "./node-sums.ts";
import { notice } from "./notice.ts";
import { packageExecutable } from "./package.ts";
import { releaseKrew } from "./release-krew.ts";
import { sbom } from "./sbom.ts";
import { extension, TARGETS } from "./targets.ts";

/** Not the folder of `make build`, which may be in use. */
const BUNDLE = "dist/release-bundle";

/** Builds all files of a release in a folder. Empties the folder first. */
export async function release(folder: string): Promise<void> {
  checkReleaseHost();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await installNodes();
  await checkPins(NODES, pinnedFiles(), await readPins());
  await bundle(BUNDLE);
  const nodeLicenses = new Map<string, string>();
  for (const target of TARGETS) {
    const { node, host } = nodesFor(target);
    const name = `kube-backup-${packageJson.version}-${target.name}${extension(target)}`;
    await packageExecutable({ bundle: BUNDLE, node, host, output: path.join(folder, name) });
    nodeLicenses.set(node.version, path.join(path.dirname(host.file), "..", "LICENSE"));
  }
  await releaseKrew(folder, packageJson.version);
  const packages = await bundledPackages(BUNDLE);
  await writeFile(path.join(folder, "NOTICE"), await notice(packages, nodeLicenses));
  const inventory = await sbom({ packages, nodes: [...nodeLicenses.keys()], time: await commitTime() });
  await writeFile(path.join(folder, `kube-backup-${packageJson.version}.cdx.json`), inventory);
  await writeFile(path.join(folder, "SHA256SUMS"), await checksums(folder));
}

/** The Nodes that go into a release, and those of this machine that take part in making it. */
function pinnedFiles(): string[] {
  return TARGETS.flatMap((target) => Object.values(nodesFor(target))).map(({ file }) =>
    path.relative(NODES, file),
  );
}

/** The time of the commit; SOURCE_DATE_EPOCH when the sources come without git. */
async function commitTime(): Promise<Date> {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return new Date(Number(given) * 1000);
  const { stdout } = await promisify(execFile)("git", ["log", "-1", "--format=%ct"]);
  return new Date(Number(stdout) * 1000);
}

/** Checksums of all files of a folder, in the format of sha256sum. */
async function checksums(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    lines.push(`${await sha256(path.join(folder, name))}  ${name}\n`);
  }
  return lines.join("");
}

if (import.meta.main) await release("dist/release");
