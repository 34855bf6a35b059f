/** A release, made and signed by a test, as a local server has it in place of the project's address. */

import { appendFile, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ADDRESS } from "../../../build/address.ts";
import { sha256 } from "../../../build/node-sums.ts";
import { releaseChart } from "../../../build/release-chart.ts";
import { releaseManifest } from "../../../build/release-manifest.ts";
import { extension, TARGETS } from "../../../build/targets.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { runCommand } from "../../support/processes/run-command.ts";
import { programCommand } from "../../support/program/program.ts";
import { blocksUnder, sectionOf } from "./document-blocks.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const { version } = packageJson;

/** docs/install.md. */
export const DOCUMENT = await readFile(path.join(ROOT, "docs/install.md"), "utf8");

/** Where the files of the release are, below the site. */
export const RELEASE = path.join("releases/download", `v${version}`);

/** The program of a platform, as far as it runs here. */
export function executable(platform: string): string {
  const words = programCommand().map((word) => `'${path.resolve(ROOT, word)}'`);
  return `#!/bin/bash\n# ${platform}\nexec -a "$0" ${words.join(" ")} "$@"\n`;
}

/**
 * Writes what the project's address has: the files of a release, with a program for each platform that runs here, signed by a
 * new key, and the key of the releases.
 *
 * @param folder for the keys; the site is below it.
 * @param image what the manifest and the chart name, by digest.
 */
export async function makeSite(folder: string, image: string): Promise<string> {
  const site = path.join(folder, "site");
  const place = path.join(site, RELEASE);
  await mkdir(place, { recursive: true });
  const files: string[] = [];
  for (const target of TARGETS) {
    const file = `kube-backup-${version}-${target.name}${extension(target)}`;
    await writeFile(path.join(place, file), executable(target.name));
    files.push(file);
  }
  const manifest = await readFile(path.join(ROOT, "kube-backup.yml"), "utf8");
  await writeFile(path.join(place, "kube-backup.yml"), releaseManifest({ manifest, version, image }));
  const chart = `kube-backup-${version}.tgz`;
  await writeFile(path.join(place, chart), await releaseChart(image));
  for (const file of [...files, "kube-backup.yml", chart])
    await appendFile(path.join(place, "SHA256SUMS"), `${await sha256(path.join(place, file))}  ${file}\n`);
  const key = path.join(folder, "key");
  await runCommand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
  const [type, text] = (await readFile(`${key}.pub`, "utf8")).split(" ");
  const signers = path.join(folder, "signers");
  await writeFile(signers, `kube-backup-release namespaces="file" ${type} ${text}\n`);
  const env = { SIGNING_KEY_FILE: key, SIGNERS: signers };
  await runCommand([path.join(ROOT, "build/sign-checksums.sh"), place], { env });
  const raw = path.join(site, "raw", `v${version}`, "build");
  await mkdir(raw, { recursive: true });
  await copyFile(signers, path.join(raw, "release-signers"));
  return site;
}

/** Commands under a heading, to be run one after the other. */
export function commandsUnder(heading: string): string[] {
  return blocksUnder(DOCUMENT, heading).flatMap((block) => block.split(/(?<!\\|&&)\n(?! )/));
}

/**
 * The kustomization of the document, with the tree in place of the repository.
 *
 * @param home the folder in which it lies.
 */
export function kustomizationIn(home: string): string {
  const [, text = ""] = /```yaml\n(.*?)```/s.exec(sectionOf(DOCUMENT, "kustomize")) ?? [];
  return text.replaceAll(
    new RegExp(`${ADDRESS.repository}//(\\S+)\\?ref=v${version.replaceAll(".", "\\.")}`, "g"),
    `${path.relative(home, ROOT)}/$1`,
  );
}
