/** Files of this machine's distribution, for images: Debian's packages, or those of its relatives. */

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runCommand } from "../processes/run-command.ts";

/** Unpacks packages, and nothing that they depend on, into a folder. */
export async function unpackPackages(names: readonly string[], target: string): Promise<void> {
  await unpack(target, (folder) => runCommand(["apt-get", "-q", "download", ...names], { cwd: folder }));
}

/** Unpacks a package with all that it depends on into a folder. None of its scripts is run. */
export async function unpackWithDependencies(name: string, target: string): Promise<void> {
  await unpack(target, async (folder) => {
    // As a machine without any package would do it.
    const nothing = path.join(folder, "status");
    await writeFile(nothing, "");
    await mkdir(path.join(folder, "partial"));
    await runCommand([
      "apt-get",
      ...["-o", `Dir::State::status=${nothing}`, "-o", `Dir::Cache::archives=${folder}`],
      ...["-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=root"],
      ...["-q", "-y", "--no-install-recommends", "--download-only", "install", name],
    ]);
  });
}

async function unpack(target: string, download: (folder: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "kube-backup-packages-"));
  try {
    await download(folder);
    await mkdir(target, { recursive: true });
    for (const file of await readdir(folder)) {
      if (!file.endsWith(".deb")) continue;
      await runCommand(["dpkg-deb", "--extract", path.join(folder, file), target]);
    }
  } catch (error) {
    const advice = "the lists of packages may be old: run apt-get update";
    throw new Error(`${error instanceof Error ? error.message : error}${advice}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
