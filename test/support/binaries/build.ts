/**
 * Builds the programs that the tests run beside ours (Kubernetes, etcd, S3 servers) with the Go
 * toolchain, and keeps them in a cache folder: the second run takes them from there.
 *
 * As a command, `node test/support/binaries/build.ts [NAME…]` builds the programs named (all, where none
 * is) and prints their paths.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { withLock } from "./lock.ts";
import { BINARY_NAMES, type BinaryName, type GoModule, moduleOf, type Recipe, recipe } from "./modules.ts";

export type { BinaryName } from "./modules.ts";

/** A long build says that often that it goes on; in ms. */
const SIGN_OF_LIFE = 30_000;

/** Path of an executable, built when it is not in the cache. See {@link binaries}. */
export async function binary(name: BinaryName): Promise<string> {
  return (await binaries([name]))[name];
}

/**
 * Paths of executables; those of one module that are not in the cache are built by one `go build`.
 *
 * Without `kubernetes`, a program that lies in the folder KUBEBUILDER_ASSETS is taken from there, and
 * KUBERNETES_VERSION says which Kubernetes. XDG_CACHE_HOME says where the cache is. Safe to call from
 * many processes at once.
 *
 * @throws {Error} when there is no `go`, the build fails or KUBERNETES_VERSION is not known.
 */
export async function binaries<Name extends BinaryName>(
  names: readonly Name[],
  kubernetes?: string,
): Promise<Record<Name, string>> {
  const paths: Partial<Record<Name, string>> = {};
  const missing = new Map<string, { module: GoModule; folder: string; names: Name[] }>();
  for (const name of names) {
    const asset = path.join(process.env["KUBEBUILDER_ASSETS"] ?? "", name);
    if (kubernetes === undefined && process.env["KUBEBUILDER_ASSETS"] && existsSync(asset)) {
      paths[name] = asset;
      continue;
    }
    const module = moduleOf(name, kubernetes);
    const folder = await cacheFolder(module);
    paths[name] = path.join(folder, name);
    if (existsSync(path.join(folder, name))) continue;
    const group = missing.get(folder) ?? { module, folder, names: [] };
    group.names.push(name);
    missing.set(folder, group);
  }
  for (const { module, folder, names: group } of missing.values()) await buildInto(folder, module, group);
  return paths as Record<Name, string>;
}

/** Everything that shapes an executable names its folder, so that none is ever stale. */
async function cacheFolder(module: GoModule): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(path.join(module.folder, file)));
  hash.update(JSON.stringify([module.flags, process.platform, process.arch]));
  const cache = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  return path.join(cache, "kube-backup", "binaries", `${module.name}-${hash.digest("hex").slice(0, 12)}`);
}

async function buildInto(folder: string, module: GoModule, names: readonly BinaryName[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await withLock(
    path.join(folder, ".lock"),
    async () => {
      // Another process may have built some of them while this one waited for the lock.
      const recipes = names.filter((name) => !existsSync(path.join(folder, name))).map(recipe);
      if (recipes.length === 0) return;
      const temporary = await mkdtemp(path.join(folder, ".build-"));
      try {
        await goBuild(temporary, module, recipes);
        for (const { name, output } of recipes) {
          await rename(path.join(temporary, output), path.join(folder, name));
        }
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
    (holder) => say(`Waiting for process ${holder}, which builds ${module.name}`),
  );
}

async function goBuild(folder: string, module: GoModule, recipes: readonly Recipe[]): Promise<void> {
  const what = `${recipes.map(({ name }) => name).join(", ")} ${module.version}`;
  const minutes = Math.ceil(recipes.reduce((sum, entry) => sum + entry.minutes, 0));
  say(`Building ${what}: about ${minutes} ${minutes === 1 ? "minute" : "minutes"} the first time`);
  const started = Date.now();
  const alive = setInterval(() => say(`Still building after ${elapsed(started)}`), SIGN_OF_LIFE);
  try {
    await run(
      "go",
      ["build", ...module.flags, "-o", `${folder}/`, ...recipes.map((entry) => entry.package)],
      {
        cwd: module.folder,
        what,
      },
    );
  } finally {
    clearInterval(alive);
  }
  say(`Built ${what} in ${elapsed(started)}`);
}

/** Runs a command to its end; its output is shown only when it fails. */
async function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; what: string },
): Promise<void> {
  // A go.work around this tree, or a C compiler, would make other executables than the cache says.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const child = spawn(command, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-8000);
    });
  }
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "ENOENT"
          ? "there is no go on the path; install Go 1.21 or later (it fetches the version it needs), " +
            "or set KUBEBUILDER_ASSETS to a folder that holds the programs"
          : error.message;
      reject(new Error(`Cannot build ${options.what}: ${reason}`, { cause: error }));
    });
  });
  if (status !== 0) throw new Error(`Cannot build ${options.what}: go build ended with ${status}\n${output}`);
}

function elapsed(started: number): string {
  const seconds = Math.round((Date.now() - started) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (import.meta.main) {
  try {
    const names = process.argv.slice(2);
    const unknown = names.filter((name) => !(BINARY_NAMES as string[]).includes(name));
    if (unknown.length > 0) {
      throw new Error(`Cannot build ${unknown.join(", ")}: known are ${BINARY_NAMES.join(", ")}`);
    }
    const wanted = names.length > 0 ? (names as BinaryName[]) : BINARY_NAMES;
    const paths = await binaries(wanted);
    for (const name of wanted) process.stdout.write(`${paths[name]}\n`);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
