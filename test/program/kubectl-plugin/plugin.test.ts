/** kubectl backup: the program under the names by which kubectl and krew call it, by a real kubectl. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { KREW_MANIFEST, krewArchive, krewArchiveName, krewManifest } from "../../../build/release-krew.ts";
import { hostTarget, TARGETS } from "../../../build/targets.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { binary } from "../../support/binaries/build.ts";
import { runCommand } from "../../support/processes/run-command.ts";
import { programCommand } from "../../support/program/program.ts";
import { NAMESPACES, sampleObject, writeSample } from "../../support/samples/sample-archive.ts";

const BACKUP = "backup_20260131T120000Z";

let folder: string;
let programs: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-plugin-"));
  programs = path.join(folder, "bin");
  const store = path.join(folder, "store");
  for (const each of [programs, store]) await mkdir(each);
  const { bytes } = await writeSample([sampleObject(NAMESPACES, undefined, "shop")]);
  await writeFile(path.join(store, `${BACKUP}.zip`), bytes);
  await symlink(await binary("kubectl"), path.join(programs, "kubectl"));
  await writeFile(path.join(programs, "kubectl-backup"), executable(), { mode: 0o755 });

  await installByKrew();
});
after(() => rm(folder, { recursive: true, force: true }));

/** Has krew install the plugin from the files of a release that holds this program. */
async function installByKrew(): Promise<void> {
  const target = hostTarget();
  const bytes = await krewArchive(Buffer.from(executable()), target);
  const archive = path.join(folder, krewArchiveName(target, packageJson.version));
  const manifest = path.join(folder, KREW_MANIFEST);
  const sums = new Map(TARGETS.map(({ name }) => [name, createHash("sha256").update(bytes).digest("hex")]));
  const template = await readFile(path.join("deploy/krew", KREW_MANIFEST), "utf8");
  await writeFile(archive, bytes);
  await writeFile(manifest, krewManifest(template, sums));
  const env = { KREW_ROOT: path.join(folder, "krew"), HOME: folder, KREW_NO_UPGRADE_CHECK: "1" };
  const args = ["install", `--manifest=${manifest}`, `--archive=${archive}`];
  await runCommand([await binary("krew"), ...args], { env });
  const installed = path.join(folder, "krew/store/cluster-backup", `v${packageJson.version}`);
  assert.deepEqual((await readdir(installed)).sort(), ["LICENSE", "kube-backup"]);
}

/** The program, whose process bears the name by which it was called. */
function executable(): string {
  const words = programCommand().map((word) => `'${path.resolve(word)}'`);
  return `#!/bin/bash\nexec -a "$0" ${words.join(" ")} "$@"\n`;
}

function kubectl(...args: string[]) {
  return spawnSync(path.join(programs, "kubectl"), args, {
    encoding: "utf8",
    env: {
      PATH: [programs, path.join(folder, "krew/bin"), process.env["PATH"] ?? ""].join(path.delimiter),
      ...{ HOME: folder, S3TARGET: `file://${path.join(folder, "store")}` },
    },
  });
}

const CALLED: [words: string[], command: string, completion: string][] = [
  [["backup"], "kubectl backup", "kubectl_complete-backup"],
  [["cluster-backup"], "kubectl cluster-backup", "kubectl_complete-cluster_backup"],
];

for (const [words, command, completion] of CALLED) {
  describe(command, { concurrency: false }, () => {
    test("runs", () => {
      const { status, stdout, stderr } = kubectl(...words, "list");
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(BACKUP));
    });

    test("usage and examples speak of it, and of nothing else", () => {
      const all = kubectl(...words, "--help").stdout;
      assert.match(all, new RegExp(`^Usage: ${command} COMMAND \\[flags\\]$`, "m"));
      assert.match(all, /^ {2}list +\S/m);
      const { stdout } = kubectl(...words, "restore", "--help");
      assert.match(stdout, new RegExp(`^ +${command} restore deploy web`, "m"));
      for (const text of [all, stdout]) assert.doesNotMatch(text, /kube-backup (?=[a-z-]+)/);
    });

    test("so does what it says after an error", () => {
      const { status, stderr } = kubectl(...words, "lst");
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`Run ${command} --help to see`));
    });

    test(`kubectl completes it by ${completion}, which it prints`, async () => {
      const { status, stdout } = kubectl(...words, "completion", "kubectl");
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`${command} completion kubectl > \\S+/${completion}$`, "m"));
      const file = path.join(programs, completion);
      await writeFile(file, stdout);
      await chmod(file, 0o755);
      const complete = (...line: string[]) =>
        kubectl("__complete", ...words, ...line)
          .stdout.split("\n")
          .filter((each) => each !== "")
          .map((each) => each.split("\t")[0]);
      assert.deepEqual(complete("ver"), ["verify", "version", ":4"]);
      assert.deepEqual(complete("verify", ""), ["latest", BACKUP, ":4"]);
      assert.deepEqual(complete("list", "--output=j"), ["--output=json", ":4"]);
      // More of the word follows.
      assert.deepEqual(complete("restore", "ns/shop", "namesp"), ["namespaces/", ":6"]);
      // File names are kubectl's.
      assert.deepEqual(complete("list", "--ca-bundle", ""), [":0"]);
    });
  });
}
