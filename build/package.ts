/** Packs a bundle and Node into one self-contained executable. As a command: `dist/kube-backup`. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { SeaOptions } from "@yao-pkg/pkg/lib-es5/sea.js";
import { build } from "esbuild";
import { SAME_EVERY_TIME } from "./code-cache.ts";
import { signAdHoc } from "./mac-signature.ts";
import { RUNTIME_FLAGS } from "./runtime-flags.ts";
import { hostTarget, type Target } from "./targets.ts";

const require = createRequire(import.meta.url);

/** Variables that say where pkg keeps and makes files, on all systems. */
const PKG_FOLDERS = ["HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"];

/** A Node to pack. */
export interface NodeBinary {
  target: Target;
  /** Without "v". */
  version: string;
  /** Where the executable is. */
  file: string;
}

/** Options of {@link packageExecutable}. */
export interface PackageOptions {
  /** A folder that `bundle.ts` made. */
  bundle: string;
  node: NodeBinary;
  /** A Node of the same version that runs here; `node` itself where that does. */
  host?: NodeBinary;
  output: string;
}

/**
 * Makes an executable. What runs here gets its parts compiled ahead, as `code-cache.ts` says; for
 * macOS it is signed, which a Mac with codesign would do anew.
 */
export async function packageExecutable({
  bundle,
  node,
  host = node,
  output,
}: PackageOptions): Promise<void> {
  const workFolder = await mkdtemp(path.join(tmpdir(), "kube-backup-package-"));
  try {
    const runsHere = node.target === host.target;
    if (runsHere) await compileAhead(node, bundle);
    const start = path.join(workFolder, "start.cjs");
    await bundleStart(start);
    // A half-made file never has the final name.
    const temporary = path.resolve(`${output}.new`);
    const options = {
      seaConfig: {
        // As the folder in which pkg works sees it: an absolute path would make each build another.
        main: "../start.cjs",
        assets: await assets(bundle, { codeCache: runsHere }),
        execArgv: RUNTIME_FLAGS,
      },
      targets: [
        {
          nodeRange: `node${node.version}`,
          platform: node.target.pkgPlatform,
          arch: node.target.arch,
          output: temporary,
        },
      ],
    };
    await withPkgCache(workFolder, [node, host], () => packWithPkg(start, options));
    if (node.target.platform === "darwin") {
      await writeFile(temporary, signAdHoc(await readFile(temporary), "kube-backup"));
    }
    await rename(temporary, output);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function compileAhead({ file }: NodeBinary, bundle: string): Promise<void> {
  const script = path.join(import.meta.dirname, "code-cache.ts");
  await promisify(execFile)(file, [...SAME_EVERY_TIME, script, path.resolve(bundle)]);
}

async function bundleStart(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, "start.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    logLevel: "warning",
  });
}

/** The files that go into the executable, by their names. */
async function assets(
  bundle: string,
  { codeCache }: { codeCache: boolean },
): Promise<Record<string, string>> {
  const names = (await readdir(bundle)).sort();
  const wanted = names.filter((name) => name.endsWith(".cjs") || (codeCache && name.endsWith(".cjs.cache")));
  return Object.fromEntries(wanted.map((name) => [name, path.resolve(bundle, name)]));
}

async function packWithPkg(entry: string, options: object): Promise<void> {
  const { default: sea } = require("@yao-pkg/pkg/lib-es5/sea.js") as {
    default(entry: string, options: SeaOptions): Promise<void>;
  };
  await sea(entry, options as SeaOptions);
}

/**
 * Has pkg work in `folder`, and find the given Nodes where it keeps those that it has fetched from
 * the net before: below the home directory, marked as whole by a file beside each.
 */
async function withPkgCache(folder: string, nodes: NodeBinary[], work: () => Promise<void>): Promise<void> {
  for (const { target, version, file } of nodes) {
    const system = target.platform === "win32" ? "win" : target.platform;
    const name = path.join(folder, ".pkg-cache", "sea", `node-v${version}-${system}-${target.arch}`);
    const archive = `${name}.${system === "win" ? "zip" : "tar.gz"}`;
    const binary = system === "win" ? `${name}.exe` : path.join(name, "bin", "node");
    await mkdir(path.dirname(binary), { recursive: true });
    for (const mark of [archive, `${archive}.ok`, `${binary}.ok`]) await writeFile(mark, "");
    await rm(binary, { force: true });
    await symlink(path.resolve(file), binary);
  }
  const before = PKG_FOLDERS.map((name) => process.env[name]);
  for (const name of PKG_FOLDERS) process.env[name] = folder;
  try {
    await work();
  } finally {
    PKG_FOLDERS.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  }
}

/** The Node that this runs with. */
export function hostNode(): NodeBinary {
  return { target: hostTarget(), version: process.versions.node, file: process.execPath };
}

if (import.meta.main) {
  await packageExecutable({ bundle: "dist/bundle", node: hostNode(), output: "dist/kube-backup" });
}
